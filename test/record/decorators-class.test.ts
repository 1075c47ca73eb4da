import { describe, expect, it } from "vitest";
import { tool } from "../../src/index.ts";
import { LOG_WRAPPERS } from "./log-wrappers.ts";
import { useRecording } from "./recording.ts";

describe.each(LOG_WRAPPERS)("a class under a TC39 @%s", (name, log) => {
  const recording = useRecording();
  const paths = () => recording.spans().map((span) => span.name);

  it("records every own method at the class's path, and its members' own decorators win", () => {
    const twice = Symbol("twice");
    @log("shop")
    class Shop {
      sell(what: string) {
        return `${what} for ${this.price()}`;
      }
      price() {
        return 9;
      }
      [twice](n: number) {
        return 2 * n;
      }
      @tool("own/path") own() {
        return 1;
      }
    }

    const shop = new Shop();
    expect(shop.sell("tea")).toBe("tea for 9");
    expect(shop[twice](2)).toBe(4);
    expect(shop.own()).toBe(1);
    expect(paths()).toEqual(["shop/price", "shop/sell", "shop/twice", "own/path"]);
    expect(recording.recorded("shop/sell").type).toBe(name);
    expect(recording.recorded("own/path").type).toBe("tool");
  });

  it("takes a path, options or neither, with and without parentheses", () => {
    @log
    class Bare {
      run() {}
    }
    @log()
    class Called {
      run() {}
    }
    @log({ path: (area: string) => `areas/${area}`, sessionId: "s1" })
    class Optioned {
      run(_area: string) {}
    }

    new Bare().run();
    new Called().run();
    new Optioned().run("north");

    expect(paths()).toEqual(["Bare/run", "Called/run", "areas/north/run"]);
    expect(recording.fields("areas/north/run")).toMatchObject({ session_id: "s1" });
  });

  it("leaves the class, its constructor, getters, statics and fields as they are", () => {
    let constructed = 0;
    @log
    class Shop {
      readonly target: unknown;
      field = () => 1;
      constructor(_name: string) {
        constructed++;
        this.target = new.target;
      }
      sell(what: string) {
        return what;
      }
      get price() {
        return 9;
      }
      set price(_to: number) {}
      static open() {
        return new Shop("open");
      }
    }

    const shop = Shop.open();
    shop.price = shop.price + shop.field();
    expect(constructed).toBe(1);
    expect(shop.target).toBe(Shop);
    expect(shop).toBeInstanceOf(Shop);
    expect(shop.constructor).toBe(Shop);
    expect([Shop.name, Shop.length]).toEqual(["Shop", 1]);
    expect(Object.getOwnPropertyNames(Shop).sort()).toEqual([
      "length",
      "name",
      "open",
      "prototype",
    ]);
    expect([shop.sell.name, shop.sell.length]).toEqual(["sell", 1]);
    expect(Object.keys(Shop.prototype)).toEqual([]);
    expect(paths()).toEqual([]);
  });

  it("records async methods and generators until they end", async () => {
    @log
    class Agent {
      async later() {
        return 1;
      }
      *count() {
        yield 1;
      }
    }

    const agent = new Agent();
    expect(await agent.later()).toBe(1);
    const counting = agent.count();
    expect(paths()).toEqual(["Agent/later"]);
    expect([...counting]).toEqual([1]);
    expect(paths()).toEqual(["Agent/later", "Agent/count"]);
  });

  it("is narrowed by only and except", () => {
    @log({ only: ["a", "b"], except: ["b"] })
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

  it.each(["only", "except"])(
    "refuses a name in %s that is no method, and lists them",
    (option) => {
      const define = () => {
        @log({ [option]: ["sel"] })
        class Shop {
          sell() {}
          close() {}
          get sel() {
            return 1;
          }
        }
        return Shop;
      };

      expect(define).toThrow(
        new TypeError(`@${name}: Shop has no method sel. It has sell, close.`),
      );
    },
  );

  it("leaves inherited methods to the class that has them", () => {
    class Base {
      base() {}
    }
    @log
    class Shop extends Base {
      own() {
        super.base();
      }
    }
    @log("branch")
    class Branch extends Shop {
      override own() {
        super.own();
      }
    }

    const branch = new Branch();
    branch.base();
    branch.own();
    expect(paths()).toEqual(["Shop/own", "branch/own"]);
  });

  it("leaves a subclass's own methods alone", () => {
    @log
    class Shop {
      sell() {}
    }
    class Branch extends Shop {
      override sell() {
        super.sell();
      }
      close() {}
    }

    const branch = new Branch();
    branch.sell();
    branch.close();
    expect(paths()).toEqual(["Shop/sell"]);
  });

  it("records the methods of an abstract class", () => {
    @log
    abstract class Shop {
      abstract price(): number;
      sell() {
        return this.price();
      }
    }
    class Branch extends Shop {
      price() {
        return 1;
      }
    }

    expect(new Branch().sell()).toBe(1);
    expect(paths()).toEqual(["Shop/sell"]);
  });

  it("records a method once under two class decorators: the inner one's way", () => {
    @tool("outer")
    @log("inner")
    class Shop {
      sell() {}
    }

    new Shop().sell();
    expect(paths()).toEqual(["inner/sell"]);
  });

  it("keeps two calls at once on one instance apart", async () => {
    @log
    class Agent {
      async run(question: string): Promise<string> {
        await new Promise((resolve) => setTimeout(resolve, question === "slow" ? 10 : 1));
        return this.answer(question);
      }
      async answer(question: string) {
        return question;
      }
    }

    const agent = new Agent();
    expect(await Promise.all([agent.run("slow"), agent.run("fast")])).toEqual(["slow", "fast"]);

    const ids = recording.spans().map((span) => span.spanContext().traceId);
    expect(paths()).toEqual(["Agent/answer", "Agent/run", "Agent/answer", "Agent/run"]);
    expect([ids[0], ids[2]]).toEqual([ids[1], ids[3]]);
    expect(ids[0]).not.toBe(ids[2]);
  });
});
