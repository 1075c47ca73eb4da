import { expectTypeOf } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";

// What is decorated keeps its type, under experimentalDecorators.
abstract class Base {
  abstract run(question: string): Promise<string>;
  extra?(n: number): number;
}
class Agent extends Base {
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
  @flow static build(): Agent {
    return new Agent();
  }
}
expectTypeOf<Agent["run"]>().toEqualTypeOf<(question: string) => Promise<string>>();
expectTypeOf(new Agent().pick([1])).toEqualTypeOf<number | undefined>();
expectTypeOf<Agent["find"]>().toEqualTypeOf<{
  (id: number): number;
  (name: string): string;
}>();
expectTypeOf<Agent["stream"]>().returns.toEqualTypeOf<AsyncGenerator<string>>();
expectTypeOf(Agent.build).toEqualTypeOf<() => Agent>();

@flow({ path: "shop", only: ["sell"] })
class Shop {
  constructor(readonly name: string) {}
  sell(): void {}
}
expectTypeOf(Shop).constructorParameters.toEqualTypeOf<[name: string]>();

class Wrong {
  // @ts-expect-error no such option
  @flow({ colour: "red" }) one() {}
  // @ts-expect-error a tool has no prompt
  @tool({ prompt: {} }) two() {}
  // @ts-expect-error a path is a text or a function
  @prompt({ path: 3 }) three() {}
  // @ts-expect-error only is for classes
  @flow({ only: ["a"] }) four() {}
  // @ts-expect-error a getter is no method
  @flow get five() {
    return 1;
  }
  // @ts-expect-error a field can't be wrapped
  @flow six = () => 1;
  // @ts-expect-error nor can an auto-accessor
  @flow() accessor seven = () => 1;
}
expectTypeOf<Wrong>().toBeObject();
// @ts-expect-error except is a list
@flow({ except: "a" })
class WrongExcept {}
expectTypeOf<WrongExcept>().toBeObject();
