import { expectTypeOf } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";

// What is decorated keeps its type, under the TC39 standard.
abstract class Base {
  abstract run(question: string): Promise<string>;
  extra?(n: number): number;
}
class Agent extends Base {
  readonly area = "support";
  @flow() async run(question: string): Promise<string> {
    return question;
  }
  @flow override extra?(n: number): number {
    return n;
  }
  @tool pick<T>(items: readonly T[]): T | undefined {
    return items[0];
  }
  find(id: number): number;
  find(name: string): string;
  @tool() find(key: number | string): number | string {
    return key;
  }
  @tool narrowed(this: Agent & { readonly ready: true }, n: number): number {
    return n;
  }
  @prompt("p") async *stream(question: string): AsyncGenerator<string> {
    yield question;
  }
  @flow accessor later = async (n: number) => n;
  @flow("unset") accessor unset: (() => number) | undefined;
  @tool arrow = (n: number) => n;
  @tool("optional") optional?: (n: number) => number;
  @flow static build(name: string): Agent {
    return new Agent().named(name);
  }
  @tool #hidden(n: number): number {
    return n;
  }
  named(_name: string): this {
    this.#hidden(1);
    return this;
  }
}
expectTypeOf<Agent["run"]>().toEqualTypeOf<(question: string) => Promise<string>>();
expectTypeOf<Agent["extra"]>().toEqualTypeOf<((n: number) => number) | undefined>();
expectTypeOf(new Agent().pick([1])).toEqualTypeOf<number | undefined>();
expectTypeOf<Agent["find"]>().toEqualTypeOf<{
  (id: number): number;
  (name: string): string;
}>();
expectTypeOf<Agent["narrowed"]>().thisParameter.toEqualTypeOf<Agent & { readonly ready: true }>();
expectTypeOf<Agent["stream"]>().returns.toEqualTypeOf<AsyncGenerator<string>>();
expectTypeOf<Agent["later"]>().toEqualTypeOf<(n: number) => Promise<number>>();
expectTypeOf<Agent["unset"]>().toEqualTypeOf<(() => number) | undefined>();
expectTypeOf<Agent["arrow"]>().toEqualTypeOf<(n: number) => number>();
expectTypeOf<Agent["optional"]>().toEqualTypeOf<((n: number) => number) | undefined>();
expectTypeOf(Agent.build).toEqualTypeOf<(name: string) => Agent>();
// @ts-expect-error another this
new Agent().narrowed(1);

@flow({ path: "shop", only: ["sell"], except: [] })
class Shop {
  constructor(readonly name: string) {}
  sell(): void {}
}
expectTypeOf(Shop).constructorParameters.toEqualTypeOf<[name: string]>();
@tool
abstract class Abstract {
  abstract run(): void;
}
expectTypeOf<Abstract["run"]>().toEqualTypeOf<() => void>();

// What is wrapped types the options that are functions.
const answer = async (topic: string, limit: number) => topic.length + limit;
flow(
  {
    path(topic, limit) {
      expectTypeOf(topic).toEqualTypeOf<string>();
      expectTypeOf(limit).toEqualTypeOf<number>();
      return topic;
    },
    inputs: (topic) => ({ topic: topic.trim() }),
    output: (length) => length.toFixed(),
  },
  answer,
);
function withThis(this: { readonly name: string }, suffix: string): string {
  return this.name + suffix;
}
tool(
  {
    path: function (suffix) {
      return this.name + suffix;
    },
  },
  withThis,
);
// @ts-expect-error the path is made of a text
flow({ path: (topic: number) => String(topic) }, answer);
// @ts-expect-error a path is a text
flow({ path: (topic) => topic.length }, answer);
// @ts-expect-error the inputs are made of a text
prompt({ inputs: (topic: number) => ({ topic }) }, answer);
// @ts-expect-error the result is a number
tool({ output: (length: string) => length }, answer);
function title(this: { readonly title: string }): string {
  return this.title;
}
// @ts-expect-error another this
flow({ path: title }, withThis);

// Wrong options are compile errors, for each form.
// @ts-expect-error no such option
flow({ colour: "red" }, answer);
// @ts-expect-error a path is a text or a function
flow({ path: 3 }, answer);
// @ts-expect-error inputs are names, a function or false
flow({ inputs: true }, answer);
// @ts-expect-error names are texts
flow({ inputs: [1] }, answer);
// @ts-expect-error an output is a function or false
flow({ output: "text" }, answer);
// @ts-expect-error a flow has attributes, no prompt
flow({ prompt: { model: "m" } }, answer);
// @ts-expect-error a flow has no tool
flow({ tool: {} }, answer);
// @ts-expect-error a prompt has no attributes
prompt({ attributes: {} }, answer);
// @ts-expect-error a kernel's temperature is a number
prompt({ prompt: { temperature: "hot" } }, answer);
// @ts-expect-error no such endpoint
prompt({ prompt: { endpoint: "guess" } }, answer);
// @ts-expect-error no such choice
prompt({ toolChoice: 3 }, answer);
// @ts-expect-error a tool has no prompt
tool({ prompt: { model: "m" } }, answer);
// @ts-expect-error a tool's function has a name
tool({ tool: { function: { description: "d" } } }, answer);
// @ts-expect-error an id is a text
flow({ id: 3 }, answer);
// @ts-expect-error a version's id is a text
flow({ versionId: 3 }, answer);
// @ts-expect-error an environment is a text
flow({ deployedEnvironment: true }, answer);
// @ts-expect-error a label is a text
flow({ environment: 1 }, answer);
// @ts-expect-error a user is a text
flow({ user: 1 }, answer);
// @ts-expect-error a session's id is a text
flow({ sessionId: 1 }, answer);
// @ts-expect-error metadata is an object
flow({ metadata: "text" }, answer);
// @ts-expect-error batches are texts
flow({ batches: "one" }, answer);
// @ts-expect-error on or off
flow({ save: "no" }, answer);
// @ts-expect-error a time is a text or a Date
flow({ createdAt: 5 }, answer);
// @ts-expect-error only is for classes
flow({ only: ["a"] }, answer);
// @ts-expect-error except is for classes
tool.run({ except: ["a"] }, () => 1);
// @ts-expect-error only is for classes
prompt.start({ only: ["a"] });
// @ts-expect-error a run needs its body
flow.run("path");
// @ts-expect-error options go first
flow(answer, { path: "p" });
// @ts-expect-error a path is a text
flow(3, answer);
// @ts-expect-error nothing to wrap
flow("path", "text");

class Wrong {
  // @ts-expect-error no such option
  @flow({ colour: "red" }) one() {}
  // @ts-expect-error a tool has no prompt
  @tool({ prompt: {} }) two() {}
  // @ts-expect-error a path is a text or a function
  @prompt({ path: 3 }) three() {}
  // @ts-expect-error only is for classes
  @flow({ only: ["a"] }) four() {}
  // @ts-expect-error a path is a text
  @flow(5) five() {}
  // @ts-expect-error a getter is no method
  @flow get six() {
    return () => 1;
  }
  // @ts-expect-error a setter is no method
  @flow() set seven(_to: () => void) {}
  // @ts-expect-error no function
  @flow eight = 3;
  // @ts-expect-error no function
  @flow() accessor nine = 3;
}
expectTypeOf<Wrong>().toBeObject();
// @ts-expect-error names are texts
@flow({ only: [1] })
class WrongOnly {}
// @ts-expect-error except is a list
@flow({ except: "a" })
class WrongExcept {}
// @ts-expect-error a tool has no attributes
@tool({ only: ["a"], attributes: {} })
class WrongOption {}
expectTypeOf<[WrongOnly, WrongExcept, WrongOption]>().toBeObject();
