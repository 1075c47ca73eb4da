import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { useRecording } from "../record/recording.ts";

describe("decorators under experimentalDecorators", () => {
  const recording = useRecording();
  const paths = () => recording.spans().map((span) => span.name);

  class Agent {
    name = "a";

    @flow() async run(question: string) {
      return `${this.name}: ${await this.answer(question)}`;
    }

    @prompt("support/answer") async answer(question: string) {
      return this.shout(question);
    }

    @tool shout(text: string) {
      return text.toUpperCase();
    }

    @flow static build() {
      return new Agent();
    }
  }

  it("wrap methods at Class/method, with this, nested as they are called", async () => {
    expect(await Agent.build().run("hi")).toBe("a: HI");
    expect(paths()).toEqual(["Agent/build", "Agent/shout", "support/answer", "Agent/run"]);
  });

  it("of a class wrap every own method, and a member's own decorator wins", () => {
    @flow("shop")
    class Shop {
      sell(what: string) {
        return what;
      }
      @tool("own/path") count() {
        return 1;
      }
    }

    const shop = new Shop();
    expect([shop.sell("tea"), shop.count()]).toEqual(["tea", 1]);
    expect(paths()).toEqual(["shop/sell", "own/path"]);
  });

  it("wrap a class bare", () => {
    @tool
    class Bag {
      take() {
        return 1;
      }
    }

    new Bag().take();
    expect(paths()).toEqual(["Bag/take"]);
  });

  it("refuse a field when the class is defined and say what to write", () => {
    expect(() => {
      class Wrong {
        // @ts-expect-error the types refuse it as well
        @flow("x") run = () => 1;
      }
      return Wrong;
    }).toThrow('Write run = flow("path", fn).');
  });

  it("refuse getters", () => {
    expect(() => {
      class Wrong {
        // @ts-expect-error the types refuse it as well
        @flow() get price() {
          return 1;
        }
      }
      return Wrong;
    }).toThrow('got a getter or setter. Write price = flow("path", fn).');
  });
});
