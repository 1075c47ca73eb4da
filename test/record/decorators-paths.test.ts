import { describe, expect, it } from "vitest";
import { flow, type LogDecorator, tool } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

/** What a class's own TC39 decorators share is under this key while Node has no such symbol. */
const METADATA = Symbol.for("Symbol.metadata");

describe("the path of a decorated member", () => {
  const recording = useRecording();
  const paths = () => recording.spans().map((span) => span.name);

  class Agent {
    @flow run() {
      return this.#secret() + this.#hidden() + this.#arrow();
    }
    @tool #secret() {
      return 1;
    }
    @tool accessor #hidden = () => 1;
    @tool #arrow = () => 1;
    @tool accessor later = () => 1;
    @tool field = () => 1;
    @flow @tool both() {
      return 1;
    }
    @flow static build() {
      return 1;
    }
  }
  class Special extends Agent {}
  class Further extends Special {
    @flow override run() {
      return super.run();
    }
    @flow override both() {
      return super.both();
    }
  }

  it("names the class that has it, whatever the instance's class", () => {
    const special = new Special();
    special.run();
    special.later();
    special.field();
    special.both();
    Special.build();

    expect(paths()).toEqual([
      "Agent/secret",
      "Agent/hidden",
      "Agent/arrow",
      "Agent/run",
      "Agent/later",
      "Agent/field",
      "Agent/both",
      "Agent/both",
      "Agent/build",
    ]);
  });

  it("names each class of an overridden member that calls the one it overrides", () => {
    const further = new Further();
    further.run();
    further.both();

    expect(paths()).toEqual([
      "Agent/secret",
      "Agent/hidden",
      "Agent/arrow",
      "Agent/run",
      "Further/run",
      "Agent/both",
      "Agent/both",
      "Further/both",
    ]);
  });

  it("names the prototype's class without Symbol.metadata, through overrides too", () => {
    class Base {
      declare run: () => void;
    }
    class Derived extends Base {}
    const base = method("run", () => {}, tool("inner"), flow());
    const both = method("both", () => {}, tool(), flow());
    const override = function (this: unknown) {
      base.call(this);
    };
    const derived = method("run", override, flow());
    Object.assign(Base.prototype, { run: base, both });
    Object.assign(Derived.prototype, { run: derived, both: () => {} });

    const instance = new Derived();
    instance.run();
    both.call(instance);

    expect(paths()).toEqual(["inner", "Base/run", "Derived/run", "Base/both", "Base/both"]);
  });

  it("names the nearest class with a member of that name where another function stands", () => {
    const replaced = method("run", () => {}, flow());
    class Base {
      run() {
        replaced.call(this);
      }
    }
    class Derived extends Base {}

    new Derived().run();

    expect(paths()).toEqual(["Base/run"]);
  });

  it("names the instance's class for private members and fields without Symbol.metadata", () => {
    const field = { kind: "field", name: "arrow", addInitializer() {} };
    const secret = method("#secret", () => {}, tool());
    const init: (this: unknown, initial: () => number) => () => number = tool(
      undefined as never,
      field as never,
    );

    secret.call(new Special());
    init.call(new Special(), () => 1)();

    expect(paths()).toEqual(["Special/secret", "Special/arrow"]);
  });

  it("is the method's name alone where there is no this", () => {
    class Loose {
      @flow run() {}
    }

    const { run } = new Loose();
    run.call(undefined as never);

    expect(paths()).toEqual(["run"]);
  });

  it("takes a symbol's description, computed names, and a private name without its #", () => {
    const shape = Symbol("shape");
    const unnamed = Symbol();
    const key = ["com", "puted"].join("");
    class Named {
      @tool [shape]() {}
      @tool [unnamed]() {}
      @tool [key]() {}
      @tool 7() {}
      @tool "with space"() {}
      @tool [Symbol.iterator]() {}
    }

    const named = new Named();
    named[shape]();
    named[unnamed]();
    (named as unknown as Record<string, () => void>)[key]?.();
    named[7]();
    named["with space"]();
    named[Symbol.iterator]();

    expect(paths()).toEqual([
      "Named/shape",
      "Named/symbol",
      "Named/computed",
      "Named/7",
      "Named/with space",
      "Named/Symbol.iterator",
    ]);
  });

  it("takes the instance's class for a class without a name", () => {
    const mixin = (base: typeof Agent) =>
      class extends base {
        static override readonly name = "";
        @flow mixed() {}
      };
    class Mixed extends mixin(Agent) {}

    new Mixed().mixed();

    expect(paths()).toEqual(["Mixed/mixed"]);
  });

  it("is the method's name alone where no class has a name", () => {
    class Unnamed {
      static readonly name = "";
      @flow run() {}
    }

    new Unnamed().run();

    expect(paths()).toEqual(["run"]);
  });

  it("survives an instance that is a proxy with throwing traps", () => {
    class Watched {
      @flow run() {
        return 1;
      }
    }
    const watched = new Proxy(new Watched(), {
      getPrototypeOf() {
        throw new Error("no");
      },
      getOwnPropertyDescriptor() {
        throw new Error("no");
      },
    });

    expect(watched.run()).toBe(1);
    expect(paths()).toEqual(["flow"]);
  });

  it("keeps the metadata that other decorators see", () => {
    const seen: unknown[] = [];
    const noted = (_value: unknown, context: DecoratorContext) => {
      seen.push(context.metadata);
    };
    @noted
    @flow
    class Noted {
      @noted @flow run() {}
      @flow @noted accessor later = () => 1;
    }

    const metadata = (Noted as unknown as Record<symbol, unknown>)[METADATA];
    expect(seen).toHaveLength(3);
    expect(seen.every((each) => each === metadata)).toBe(true);
  });
});

/** A method as a compiler decorates it that gives no metadata. */
function method(
  name: string,
  fn: (this: unknown) => void,
  ...decorators: readonly LogDecorator[]
): (this: unknown) => void {
  const context = { kind: "method", name, addInitializer() {} } as unknown as never;
  return decorators.reduce((decorated, decorator) => decorator(decorated, context), fn);
}
