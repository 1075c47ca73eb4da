import { describe, expect, it } from "vitest";
import { flow, tool } from "../../src/index.ts";
import { LOG_WRAPPERS } from "./log-wrappers.ts";
import { useRecording } from "./recording.ts";

type NumberMethod<This> = (this: This, n: number) => number;

/** Replaces the method by another function. */
function doubled<This>(method: NumberMethod<This>, _context: ClassMethodDecoratorContext) {
  return function (this: This, n: number) {
    return 2 * method.call(this, n);
  };
}

/** Binds the method to each instance. */
function bound(_method: unknown, context: ClassMethodDecoratorContext): void {
  context.addInitializer(function (this: unknown) {
    const self = this as Record<PropertyKey, CallableFunction>;
    self[context.name] = self[context.name]!.bind(self);
  });
}

/** Replaces the class by a subclass, as some frameworks do. */
function subclassed<C extends new () => object>(Decorated: C): C {
  const { [Decorated.name]: made } = {
    [Decorated.name]: class extends (Decorated as new () => object) {},
  };
  return made as unknown as C;
}

describe.each(LOG_WRAPPERS)("other people's decorators and a TC39 @%s", (_name, log) => {
  const recording = useRecording();
  const paths = () => recording.spans().map((span) => span.name);

  it("above ours replace what is recorded, at the same path", () => {
    class Agent {
      @doubled @log run(n: number) {
        return n;
      }
    }
    class Special extends Agent {}

    expect(new Special().run(1)).toBe(2);
    expect(recording.fields("Agent/run")).toMatchObject({ inputs: { n: 1 }, output: "1" });
  });

  it("below ours are part of what is recorded", () => {
    class Agent {
      @log @doubled run(n: number) {
        return n;
      }
    }

    expect(new Agent().run(1)).toBe(2);
    expect(recording.fields("Agent/run")).toMatchObject({ inputs: { n: 1 }, output: "2" });
  });

  it("bind the method above and below ours", () => {
    class Agent {
      readonly size = 3;
      @bound @log above(n: number) {
        return n + this.size;
      }
      @log @bound below(n: number) {
        return n + this.size;
      }
    }

    const { above, below } = new Agent();
    expect([above(1), below(2)]).toEqual([4, 5]);
    expect(paths()).toEqual(["Agent/above", "Agent/below"]);
  });

  it("see the method's name, length and own properties, and may mark it", () => {
    const seen: unknown[] = [];
    const marks = new WeakSet<object>();
    const marked = (method: object & { route?: string }, _context: ClassMethodDecoratorContext) => {
      method.route = "/run";
      marks.add(method);
    };
    const reading = (method: CallableFunction & { route?: string }, _context: unknown) => {
      seen.push(method.name, method.length, method.route);
    };
    class Agent {
      @reading @log @marked run(_n: number) {}
      @marked @log above(_n: number) {}
    }

    expect(seen).toEqual(["run", 1, "/run"]);
    expect(Agent.prototype.above).toHaveProperty("route", "/run");
    expect(marks.has(Agent.prototype.above)).toBe(true);
  });

  it("on methods of a class of ours are part of what is recorded", () => {
    @log
    class Agent {
      @doubled run(n: number) {
        return n;
      }
    }

    expect(new Agent().run(1)).toBe(2);
    expect(recording.fields("Agent/run")).toMatchObject({ output: "2" });
  });

  it("may replace the class, above and below ours", () => {
    @subclassed
    @log
    class Above {
      run() {
        return 1;
      }
    }
    @subclassed
    class Member {
      @log run() {
        return 1;
      }
    }

    expect([new Above().run(), new Member().run()]).toEqual([1, 1]);
    expect(paths()).toEqual(["Above/run", "Member/run"]);
  });

  it("may give an accessor and a field another value", () => {
    const plusTen = {
      accessor: (
        target: ClassAccessorDecoratorTarget<unknown, () => number>,
        _context: unknown,
      ) => ({
        ...target,
        init: (value: () => number) => () => value() + 10,
      }),
      field: (_value: undefined, _context: unknown) => (value: () => number) => () => value() + 10,
    };
    class Agent {
      @log @plusTen.accessor accessor above = () => 1;
      @plusTen.accessor @log accessor below = () => 1;
      @log @plusTen.field field = () => 1;
    }

    const agent = new Agent();
    expect([agent.above(), agent.below(), agent.field()]).toEqual([11, 11, 11]);
    expect(paths()).toEqual(["Agent/above", "Agent/below", "Agent/field"]);
  });

  it("record two spans for a method of two kinds and one for a kind that stands twice", () => {
    class Agent {
      @flow("outer") @tool("inner") two() {}
      @log @log once() {}
      @log *generated(to: number) {
        yield to;
      }
    }

    const agent = new Agent();
    agent.two();
    agent.once();
    expect([...agent.generated(1)]).toEqual([1]);
    expect(paths()).toEqual(["inner", "outer", "Agent/once", "Agent/generated"]);
  });

  it("record a generator method of two kinds in two spans, both lazily", () => {
    class Agent {
      @flow("outer") @tool("inner") *count(to: number) {
        for (let n = 1; n <= to; n++) yield n;
      }
    }

    const counting = new Agent().count(2);
    expect(paths()).toEqual([]);
    expect([...counting]).toEqual([1, 2]);
    expect(paths()).toEqual(["inner", "outer"]);
  });
});
