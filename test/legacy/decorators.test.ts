import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { LOG_WRAPPERS } from "../record/log-wrappers.ts";
import { useRecording } from "../record/recording.ts";

describe.each(LOG_WRAPPERS)("a legacy @%s", (name, log) => {
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
      @log({ path: (n: number) => `made/${n}`, user: "u1" }) optioned(_n: number) {}
    }

    const agent = new Agent();
    agent.bare();
    agent.called();
    agent.pathed();
    agent.optioned(1);
    expect(paths()).toEqual(["Agent/bare", "Agent/called", "a/path", "made/1"]);
    expect(recording.fields("made/1")).toMatchObject({ user: "u1" });
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

  it("records static methods, also when a subclass is asked", () => {
    class Agent {
      readonly name = "a";
      @log static build() {
        return new this();
      }
    }
    class Special extends Agent {}

    expect(Special.build()).toBeInstanceOf(Special);
    expect(paths()).toEqual(["Agent/build"]);
  });

  it("records symbol-named, computed and numbered methods", () => {
    const shape = Symbol("shape");
    const key = "computed";
    class Agent {
      @log() [shape]() {}
      @log() [key]() {}
      @log() 7() {}
    }

    const agent = new Agent();
    agent[shape]();
    agent.computed();
    agent[7]();
    expect(paths()).toEqual(["Agent/shape", "Agent/computed", "Agent/7"]);
  });

  it("records bare numbered methods: compilers pass their names as numbers", () => {
    class Agent {
      @log 7() {}
    }

    new Agent()[7]();
    expect(paths()).toEqual(["Agent/7"]);
  });

  it("names the class that has the method, also without this and through a subclass", () => {
    class Agent {
      @log run() {}
      @log @tool("inner") both() {}
    }
    class Special extends Agent {
      @log override run() {
        super.run();
      }
    }

    const special = new Special();
    special.run();
    special.both();
    const { run } = new Agent();
    run.call(undefined as never);
    expect(paths()).toEqual(["Agent/run", "Special/run", "inner", "Agent/both", "Agent/run"]);
  });

  it("refuses a field when the class is defined, and says what to write", () => {
    const define = () => {
      class Refused {
        // @ts-expect-error the types refuse it as well
        @log("x") run = () => 1;
      }
      return Refused;
    };

    expect(define).toThrow(
      new TypeError(
        `@${name}: run: expected a method, got a field. Write run = ${name}("path", fn).`,
      ),
    );
  });

  it("refuses a field as Babel gives it, with an initializer", () => {
    const field = { configurable: true, writable: true, initializer: () => () => 1 };

    expect(() => log({}, "run", field as never)).toThrow("got a field");
  });

  it("refuses an auto-accessor, which looks like a getter and setter, and says what to write", () => {
    const define = () => {
      class Refused {
        // @ts-expect-error the types refuse it as well
        @log() accessor run = () => 1;
      }
      return Refused;
    };

    expect(define).toThrow(
      new TypeError(
        `@${name}: run: expected a method, got a getter or setter. Write run = ${name}("path", fn).`,
      ),
    );
  });

  it("refuses plain getters and setters", () => {
    const withGetter = () => {
      class Refused {
        // @ts-expect-error the types refuse it as well
        @log() get price() {
          return 1;
        }
      }
      return Refused;
    };
    const withSetter = () => {
      class Refused {
        // @ts-expect-error the types refuse it as well
        @log set price(_to: number) {}
      }
      return Refused;
    };

    expect(withGetter).toThrow("price: expected a method, got a getter or setter.");
    expect(withSetter).toThrow("price: expected a method, got a getter or setter.");
  });

  it("of a class records every own method, and a member's own decorator wins", () => {
    let constructed = 0;
    @log("shop")
    class Shop {
      constructor() {
        constructed++;
      }
      sell(what: string) {
        return `${what} for ${this.price}`;
      }
      @tool("own/path") own() {
        return 1;
      }
      get price() {
        return 9;
      }
      static open() {
        return new Shop();
      }
    }

    const shop = Shop.open();
    expect([shop.sell("tea"), shop.own(), constructed]).toEqual(["tea for 9", 1, 1]);
    expect(shop.constructor).toBe(Shop);
    expect(paths()).toEqual(["shop/sell", "own/path"]);
  });

  it("of a class stands bare, with only and except", () => {
    @log
    class Bare {
      run() {}
    }
    @log({ only: ["a", "b"], except: ["b"] })
    class Some {
      a() {}
      b() {}
      c() {}
    }

    new Bare().run();
    const some = new Some();
    some.a();
    some.b();
    some.c();
    expect(paths()).toEqual(["Bare/run", "Some/a"]);
  });

  it.each(["only", "except"])(
    "refuses a name in %s that is no method, and lists them",
    (option) => {
      const define = () => {
        @log({ [option]: ["sel"] })
        class Shop {
          sell() {}
          close() {}
        }
        return Shop;
      };

      expect(define).toThrow(
        new TypeError(`@${name}: Shop has no method sel. It has sell, close.`),
      );
    },
  );

  it("keeps overloads, generics, abstract and optional methods working", () => {
    abstract class Base {
      abstract run(): number;
      extra?(): number;
    }
    class Agent extends Base {
      @log run() {
        return 1;
      }
      @log override extra() {
        return 2;
      }
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
    expect([agent.run(), agent.extra(), text, picked]).toEqual([1, 2, "a", 7]);
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

    const ids = recording.spans().map((span) => span.spanContext().traceId);
    expect(paths()).toEqual(["Agent/answer", "Agent/run", "Agent/answer", "Agent/run"]);
    expect([ids[0], ids[2]]).toEqual([ids[1], ids[3]]);
    expect(ids[0]).not.toBe(ids[2]);
  });
});

describe("legacy decorators", () => {
  const recording = useRecording();

  it("nest as the methods call each other", async () => {
    class Agent {
      @flow() async run(question: string) {
        return this.answer(question);
      }
      @prompt("support/answer") async answer(question: string) {
        return this.look(question);
      }
      @tool private look(text: string) {
        return text;
      }
    }

    await new Agent().run("hi");

    const [look, answer, run] = recording.spans();
    expect(look?.name).toBe("Agent/look");
    expect(look?.parentSpanContext?.spanId).toBe(answer?.spanContext().spanId);
    expect(answer?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
  });
});
