import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { LOG_WRAPPERS } from "./log-wrappers.ts";
import { useRecording } from "./recording.ts";

describe.each(LOG_WRAPPERS)("a TC39 @%s", (name, log) => {
  const recording = useRecording();
  const paths = () => recording.spans().map((span) => span.name);

  it("records a method at Class/method, with this, its arguments and its result", () => {
    class Agent {
      readonly name = "a";
      @log() run(question: string, limit: number) {
        return `${this.name}: ${question.slice(0, limit)}`;
      }
    }

    expect(new Agent().run("hello", 2)).toBe("a: he");

    expect(recording.recorded("Agent/run").type).toBe(name);
    expect(recording.fields("Agent/run")).toEqual({
      path: "Agent/run",
      inputs: { question: "hello", limit: 2 },
      output: "a: he",
    });
  });

  it("takes a path, options or neither, with and without parentheses", () => {
    class Agent {
      @log bare() {}
      @log() called() {}
      @log("a/path") pathed() {}
      @log({ path: "an/option", user: "u1" }) optioned() {}
    }

    const agent = new Agent();
    agent.bare();
    agent.called();
    agent.pathed();
    agent.optioned();

    expect(paths()).toEqual(["Agent/bare", "Agent/called", "a/path", "an/option"]);
    expect(recording.fields("an/option")).toMatchObject({ user: "u1" });
  });

  it("makes path and inputs of this and the arguments", () => {
    class Agent {
      readonly area = "support";
      @log({
        path(this: Agent, question: string) {
          return `${this.area}/${question}`;
        },
        inputs(this: Agent, question: string) {
          return { area: this.area, question };
        },
        output: (length: number) => ({ length }),
      })
      run(question: string) {
        return question.length;
      }
    }

    expect(new Agent().run("hi")).toBe(2);
    expect(recording.fields("support/hi")).toMatchObject({
      inputs: { area: "support", question: "hi" },
      output: '{"length":2}',
    });
  });

  it("keeps what a method throws and rejects with", async () => {
    const error = new Error("no");
    class Agent {
      @log() thrown(): never {
        throw error;
      }
      @log() async rejected(): Promise<never> {
        throw error;
      }
    }

    expect(() => new Agent().thrown()).toThrow(error);
    await expect(new Agent().rejected()).rejects.toBe(error);
    expect(recording.fields("Agent/thrown").error).toContain("no");
    expect(recording.fields("Agent/rejected").error).toContain("no");
  });

  it("records async methods until they settle, and generators until they end", async () => {
    class Agent {
      @log async later(n: number) {
        await Promise.resolve();
        return n;
      }
      @log *count(to: number) {
        for (let n = 1; n <= to; n++) yield n;
      }
      @log async *stream(to: number) {
        for (let n = 1; n <= to; n++) yield n;
      }
    }

    const agent = new Agent();
    expect(await agent.later(1)).toBe(1);
    const counting = agent.count(2);
    expect(paths()).toEqual(["Agent/later"]);
    expect([...counting]).toEqual([1, 2]);
    const streamed: number[] = [];
    for await (const n of agent.stream(2)) streamed.push(n);

    expect(streamed).toEqual([1, 2]);
    expect(paths()).toEqual(["Agent/later", "Agent/count", "Agent/stream"]);
    expect(recording.fields("Agent/stream").output).toBe("[1,2]");
  });

  it("records static methods, also when a subclass is asked", () => {
    class Agent {
      readonly name = "a";
      @log static build() {
        return new this();
      }
    }
    class Special extends Agent {}

    expect(Agent.build()).toBeInstanceOf(Agent);
    expect(Special.build()).toBeInstanceOf(Special);
    expect(paths()).toEqual(["Agent/build", "Agent/build"]);
  });

  it("records #private methods, static ones too, without the # in their paths", () => {
    class Agent {
      @log #secret(text: string) {
        return text.toUpperCase();
      }
      @log static #hidden(n: number) {
        return n + 1;
      }
      run(text: string) {
        return this.#secret(text) + Agent.#hidden(1);
      }
    }

    expect(new Agent().run("x")).toBe("X2");
    expect(paths()).toEqual(["Agent/secret", "Agent/hidden"]);
  });

  it("records what an auto-accessor holds, also what is set later", async () => {
    class Agent {
      @log accessor run = async (n: number) => n + 1;
      @log static accessor shared = (n: number) => n + 2;
      @log accessor #hidden = (n: number) => n + 3;
      peek(n: number) {
        return this.#hidden(n);
      }
    }

    const agent = new Agent();
    expect(await agent.run(1)).toBe(2);
    expect(Agent.shared(1)).toBe(3);
    expect(agent.peek(1)).toBe(4);
    agent.run = async (n) => n * 10;
    expect(await agent.run(2)).toBe(20);
    expect(paths()).toEqual(["Agent/run", "Agent/shared", "Agent/hidden", "Agent/run"]);
  });

  it("lets an auto-accessor begin empty and be emptied", () => {
    class Agent {
      @log accessor run: (() => number) | undefined;
    }

    const agent = new Agent();
    expect(agent.run).toBeUndefined();
    agent.run = () => 1;
    expect(agent.run()).toBe(1);
    agent.run = undefined;
    expect(agent.run).toBeUndefined();
    expect(paths()).toEqual(["Agent/run"]);
  });

  it("gives the same function each time an auto-accessor or a field is read", () => {
    class Agent {
      @log accessor run = () => 1;
      @log field = () => 1;
    }

    const agent = new Agent();
    expect(agent.run).toBe(agent.run);
    expect(agent.field).toBe(agent.field);
  });

  it("records arrow fields, static and #private ones too, also apart from their instance", () => {
    class Agent {
      readonly name = "a";
      @log run = (n: number) => `${this.name}${n}`;
      @log static shared = (n: number) => n;
      @log #hidden = (n: number) => n;
      @log empty: (() => void) | undefined;
      peek(n: number) {
        return this.#hidden(n);
      }
    }

    const agent = new Agent();
    const { run } = agent;
    expect(run(5)).toBe("a5");
    expect(Agent.shared(1)).toBe(1);
    expect(agent.peek(1)).toBe(1);
    expect(agent.empty).toBeUndefined();
    expect(paths()).toEqual(["Agent/run", "Agent/shared", "Agent/hidden"]);
  });

  it("refuses plain getters and setters when the class is defined, and says what to write", () => {
    const withGetter = () =>
      class {
        // @ts-expect-error the types refuse it as well
        @log() get price() {
          return 1;
        }
      };
    const withSetter = () =>
      class {
        // @ts-expect-error the types refuse it as well
        @log set price(_to: number) {}
      };

    expect(withGetter).toThrow(
      new TypeError(
        `@${name}: price: expected a method, got a getter. Write price = ${name}("path", fn).`,
      ),
    );
    expect(withSetter).toThrow(
      new TypeError(
        `@${name}: price: expected a method, got a setter. Write price = ${name}("path", fn).`,
      ),
    );
  });

  it("shows a wrong option when the class is defined", () => {
    expect(
      () =>
        class {
          // @ts-expect-error no such option
          @log({ colour: "red" }) run() {}
        },
    ).toThrow(new TypeError(`${name}(): there is no option colour.`));
  });

  it("runs overriding and overridden methods, each at its own class", async () => {
    class Agent {
      @log async run(question: string) {
        return `base ${question}`;
      }
    }
    class Special extends Agent {
      @log override async run(question: string) {
        return `special ${await super.run(question)}`;
      }
    }
    class Plain extends Agent {
      override async run(question: string) {
        return `plain ${await super.run(question)}`;
      }
    }

    expect(await new Special().run("x")).toBe("special base x");
    expect(await new Plain().run("y")).toBe("plain base y");
    expect(paths()).toEqual(["Agent/run", "Special/run", "Agent/run"]);
    const [inner, outer] = recording.spans();
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it("keeps overloads and generics working", () => {
    class Agent {
      find(id: number): number;
      find(name: string): string;
      @log find(key: number | string): number | string {
        return key;
      }
      @log pick<T>(items: readonly T[]): T | undefined {
        return items[0];
      }
    }

    const agent = new Agent();
    const text: string = agent.find("a");
    const picked: number | undefined = agent.pick([7]);
    expect([agent.find(1), text, picked]).toEqual([1, "a", 7]);
    expect(paths()).toEqual(["Agent/find", "Agent/pick", "Agent/find"]);
  });

  it("implements abstract methods and keeps optional ones optional", () => {
    abstract class Base {
      abstract run(): number;
      extra?(): number;
      both() {
        return this.run() + (this.extra?.() ?? 0);
      }
    }
    class Agent extends Base {
      @log run() {
        return 1;
      }
    }
    class Extra extends Agent {
      @log override extra() {
        return 2;
      }
    }

    expect([new Agent().both(), new Extra().both()]).toEqual([1, 3]);
    expect(paths()).toEqual(["Agent/run", "Agent/run", "Extra/extra"]);
  });

  it("leaves the constructor, static blocks and other members as they are", () => {
    let constructed = 0;
    class Agent {
      static ready = false;
      static {
        Agent.ready = true;
      }
      readonly target: unknown;
      constructor() {
        constructed++;
        this.target = new.target;
      }
      @log run(_question: string) {}
      other() {}
    }

    const agent = new Agent();
    expect(Agent.ready).toBe(true);
    expect(constructed).toBe(1);
    expect(agent.target).toBe(Agent);
    expect(agent.constructor).toBe(Agent);
    expect([agent.run.name, agent.run.length]).toEqual(["run", 1]);
    expect(Object.getOwnPropertyDescriptor(Agent.prototype, "run")).toMatchObject({
      configurable: true,
      enumerable: false,
      writable: true,
    });
    agent.other();
    expect(paths()).toEqual([]);
  });

  it("keeps two calls at once on one instance apart", async () => {
    class Agent {
      @log async run(question: string): Promise<string> {
        await new Promise((resolve) => setTimeout(resolve, question === "slow" ? 10 : 1));
        return this.answer(question);
      }
      @log answer(question: string) {
        return question;
      }
    }

    const agent = new Agent();
    await Promise.all([agent.run("slow"), agent.run("fast")]);

    const spans = recording.spans();
    expect(spans.map((span) => span.name)).toEqual([
      "Agent/answer",
      "Agent/run",
      "Agent/answer",
      "Agent/run",
    ]);
    for (const [child, parent] of [spans.slice(0, 2), spans.slice(2)]) {
      expect(child?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
    }
    expect(spans[1]?.spanContext().traceId).not.toBe(spans[3]?.spanContext().traceId);
  });
});

describe("decorators of the TC39 standard", () => {
  const recording = useRecording();

  it("nest as the methods call each other", async () => {
    class Agent {
      @flow() async run(question: string) {
        return this.answer(question);
      }
      @prompt("support/answer") async answer(question: string) {
        return this.#look(question);
      }
      @tool #look(text: string) {
        return text;
      }
    }

    await new Agent().run("hi");

    const [look, answer, run] = recording.spans();
    expect(look?.parentSpanContext?.spanId).toBe(answer?.spanContext().spanId);
    expect(answer?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
    expect(run?.name).toBe("Agent/run");
  });

  it("take contexts of Babel's first version, where a field's has no addInitializer", () => {
    const field = { kind: "field", name: "run", isStatic: false, isPrivate: false };
    const method = { kind: "method", name: "answer", isStatic: false, isPrivate: false };
    class Agent {}
    const agent = new Agent();

    const init: (this: Agent, initial: (n: number) => number) => (n: number) => number = tool(
      undefined as never,
      field as never,
    );
    const run = init.call(agent, (n) => n);
    const answer = tool("x")(() => 1, method as never);

    expect([run(1), answer()]).toEqual([1, 1]);
    expect(recording.spans().map((span) => span.name)).toEqual(["Agent/run", "x"]);
  });

  it("refuse what is no class and no member, and say what to write", () => {
    const decorator = flow("path") as (value: unknown) => unknown;

    expect(() => decorator(() => 1)).toThrow(
      new TypeError('@flow: expected a class or a method, got function. Write flow("path", fn).'),
    );
    expect(() => decorator("text")).toThrow("got string");
    for (const nothing of ["text", 3] as never[]) {
      expect(() => flow("path", nothing)).toThrow("flow(): expected a function");
    }
  });
});
