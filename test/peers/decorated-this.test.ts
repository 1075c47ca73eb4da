import { describe, expect, it } from "vitest";
import { flow, tool } from "../../src/index.ts";
import { useRecording } from "../record/recording.ts";

class Base {
  constructor(readonly name: string) {}

  @flow() greet(): string {
    return `hello ${this.name}`;
  }
}

class Lambda extends Base {
  #calls = 0;

  @flow() override greet(): string {
    this.#calls += 1;
    return `${super.greet()}, ${this.title}, call ${this.#calls}, ${this.#secret(1)}`;
  }

  get title(): string {
    return `Dr ${this.name}`;
  }

  @tool() #secret(n: number): string {
    return `${this.name}${n}`;
  }

  @tool() static make(): Lambda {
    return new this("made");
  }
}

describe("a decorated method", () => {
  const recording = useRecording();

  it("has the instance as this, for super, private members, getters and other methods", () => {
    const lambda = new Lambda("ada");

    expect([lambda.greet(), lambda.greet()]).toEqual([
      "hello ada, Dr ada, call 1, ada1",
      "hello ada, Dr ada, call 2, ada1",
    ]);
    expect(
      recording
        .spans()
        .map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(["Base/greet", "Lambda/secret", "Lambda/greet"]);
  });

  it("that is static has the class as this", () => {
    const lambda = Lambda.make();

    expect(lambda).toBeInstanceOf(Lambda);
    expect(lambda.name).toBe("made");
  });

  it("that was taken off its instance has the this that it is called with", () => {
    const { greet } = Base.prototype;

    expect(greet.call({ name: "eve" } as Base)).toBe("hello eve");
    expect(() => (greet as () => string)()).toThrow(TypeError);
    expect(recording.spans().map(({ status }) => status.code)).toEqual([0, 2]);
  });

  it("may stand on an accessor, an arrow field or a whole class, under the same name", () => {
    @flow("desk")
    class Desk {
      word = "x";
      @tool() accessor say = (): string => this.word;
      @tool() shout = (): string => this.word.toUpperCase();
      both(): string {
        return this.say() + this.shout();
      }
    }

    expect(new Desk().both()).toBe("xX");
    expect(recording.spans().map(({ name }) => name)).toEqual([
      "Desk/say",
      "Desk/shout",
      "desk/both",
    ]);
  });
});
