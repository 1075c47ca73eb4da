import { describe, expect, it } from "vitest";
import { flow, prompt, record, tool } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

describe("decorators of the TC39 standard", () => {
  const recording = useRecording();
  const paths = () => recording.spans().map((span) => span.name);

  class Agent {
    readonly name: string;
    constructor(name: string) {
      this.name = name;
    }

    @flow() async run(question: string) {
      return `${this.name}: ${await this.answer(question)}`;
    }

    @prompt("support/answer") async answer(question: string) {
      record({ promptTokens: 3 });
      return this.#secret(question);
    }

    @tool #secret(text: string) {
      return text.toUpperCase();
    }

    @flow static build(name: string) {
      return new Agent(name);
    }

    @tool pick<T>(items: readonly T[]): T | undefined {
      return items[0];
    }

    @flow accessor later = async (n: number) => n + 1;

    @tool("arrow") arrow = (n: number) => `${this.name}${n}`;

    @flow *count(to: number) {
      for (let n = 1; n <= to; n++) yield n;
    }
  }

  it("wrap methods at Class/method, with this, nested as they are called", async () => {
    expect(await new Agent("a").run("hi")).toBe("a: HI");
    expect(paths()).toEqual(["Agent/secret", "support/answer", "Agent/run"]);
    expect(recording.fields("Agent/run")).toEqual({
      path: "Agent/run",
      inputs: { question: "hi" },
      output: "a: HI",
    });
  });

  it("wrap statics, generics, accessors, arrow fields and generators", async () => {
    const agent = Agent.build("b");
    expect(agent.pick([7])).toBe(7);
    expect(await agent.later(1)).toBe(2);
    expect(agent.arrow(5)).toBe("b5");
    expect([...agent.count(2)]).toEqual([1, 2]);
    expect(paths()).toEqual(["Agent/build", "Agent/pick", "Agent/later", "arrow", "Agent/count"]);

    agent.later = async (n: number) => n * 10;
    expect(await agent.later(2)).toBe(20);
    expect(paths()).toHaveLength(6);
  });

  it("name the class that owns the method, also through a subclass", async () => {
    class Special extends Agent {
      @flow() override async run(question: string) {
        return `special ${await super.run(question)}`;
      }
    }

    expect(await new Special("s").run("x")).toBe("special s: X");
    expect(paths()).toEqual(["Agent/secret", "support/answer", "Agent/run", "Special/run"]);
  });

  it("of a class wrap every own method, and a member's own decorator wins", async () => {
    let constructed = 0;
    @flow("shop")
    class Shop {
      constructor() {
        constructed++;
      }
      sell(what: string) {
        return `${what} for ${this.price}`;
      }
      @tool("own/path") count() {
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
    expect(shop).toBeInstanceOf(Shop);
    expect(constructed).toBe(1);
    expect(shop.sell("tea")).toBe("tea for 9");
    expect(shop.count()).toBe(1);
    expect(paths()).toEqual(["shop/sell", "own/path"]);
  });

  it("of a class are narrowed by only and except", () => {
    @flow({ only: ["a", "b"], except: ["b"] })
    class Some {
      a() {}
      b() {}
      c() {}
    }

    const some = new Some();
    some.a();
    some.b();
    some.c();
    expect(paths()).toEqual(["Some/a"]);
  });

  it("refuse getters and setters and say so", () => {
    const getter = { kind: "getter", name: "price", addInitializer() {} };

    expect(() => flow()(() => 1, getter as never)).toThrow(
      new TypeError(
        '@flow: price: expected a method, got a getter. Write price = flow("path", fn).',
      ),
    );
  });

  it("keep two flows on one instance apart", async () => {
    const agent = new Agent("c");
    await Promise.all([agent.run("x"), agent.run("y")]);

    const runs = recording.spans().filter((span) => span.name === "Agent/run");
    expect(new Set(runs.map((span) => span.spanContext().traceId)).size).toBe(2);
  });
});
