import { describe, expect, it } from "vitest";
import { tool } from "../../src/index.ts";
import { LOG_WRAPPERS } from "../record/log-wrappers.ts";
import { useRecording } from "../record/recording.ts";

type NumberMethod = TypedPropertyDescriptor<(n: number) => number>;

/** Replaces the method by another function. */
function doubled(_target: object, _name: string | symbol, descriptor: NumberMethod): NumberMethod {
  const method = descriptor.value!;
  return {
    ...descriptor,
    value(this: unknown, n: number) {
      return 2 * method.call(this, n);
    },
  };
}

/** Binds the method when it is first read: from then on the prototype has a getter. */
function bound(_target: object, name: string | symbol, descriptor: NumberMethod): NumberMethod {
  const method = descriptor.value!;
  return {
    configurable: true,
    get(this: object) {
      const value = method.bind(this);
      Object.defineProperty(this, name, { configurable: true, writable: true, value });
      return value;
    },
  };
}

/** Replaces the class by a subclass, as some frameworks do. */
function subclassed<C extends new () => object>(Decorated: C): C {
  return class Replaced extends (Decorated as new () => object) {} as unknown as C;
}

describe.each(LOG_WRAPPERS)("other people's decorators and a legacy @%s", (name, log) => {
  const recording = useRecording();
  const paths = () => recording.spans().map((span) => span.name);

  it("above ours replace what is recorded, below ours they are part of it", () => {
    class Agent {
      @doubled @log above(n: number) {
        return n;
      }
      @log @doubled below(n: number) {
        return n;
      }
    }
    class Special extends Agent {}

    const special = new Special();
    expect([special.above(1), special.below(1)]).toEqual([2, 2]);
    expect(recording.fields("Agent/above").output).toBe("1");
    expect(recording.fields("Agent/below").output).toBe("2");
  });

  it("may make a getter of ours, which binds it", () => {
    class Agent {
      readonly size = 3;
      @bound @log run(n: number) {
        return n + this.size;
      }
    }

    const { run } = new Agent();
    expect(run(1)).toBe(4);
    expect(paths()).toEqual(["Agent/run"]);
  });

  it("that made a getter below ours are refused, and the message says what to write", () => {
    const define = () => {
      class Refused {
        @log @bound run(n: number) {
          return n;
        }
      }
      return Refused;
    };

    expect(define).toThrow(`Write run = ${name}("path", fn).`);
  });

  it("may make the method read-only or listed, which stays", () => {
    const fixed = (_target: object, _name: string | symbol, descriptor: PropertyDescriptor) => {
      descriptor.writable = false;
      descriptor.enumerable = true;
    };
    class Agent {
      @log @fixed run() {}
    }
    @log
    class Shop {
      @fixed sell() {}
    }

    new Agent().run();
    new Shop().sell();
    for (const [prototype, method] of [
      [Agent.prototype, "run"],
      [Shop.prototype, "sell"],
    ] as const) {
      expect(Object.getOwnPropertyDescriptor(prototype, method)).toMatchObject({
        configurable: true,
        enumerable: true,
        writable: false,
      });
    }
    expect(paths()).toEqual(["Agent/run", "Shop/sell"]);
  });

  it("see the method's name, length and own properties, and may mark it", () => {
    const seen: unknown[] = [];
    const reading = (_target: object, _name: string, { value }: PropertyDescriptor) => {
      seen.push(value.name, value.length, value.route);
    };
    const marked = (_target: object, _name: string, { value }: PropertyDescriptor) => {
      value.route = "/run";
    };
    class Agent {
      @reading @log @marked run(_n: number) {}
      @marked @log above(_n: number) {}
    }

    expect(seen).toEqual(["run", 1, "/run"]);
    expect(Agent.prototype.above).toHaveProperty("route", "/run");
  });

  it("may replace the class, above and below ours", () => {
    @subclassed
    @log
    class Above {
      run() {}
    }
    @subclassed
    class Member {
      @log run() {}
    }

    new Above().run();
    new Member().run();
    expect(paths()).toEqual(["Above/run", "Member/run"]);
  });

  it("on parameters run as without ours", () => {
    const seen: unknown[] = [];
    const noted = (_target: object, method: string | symbol | undefined, index: number) => {
      seen.push([method, index]);
    };
    class Agent {
      @log run(@noted question: string) {
        return question;
      }
    }

    expect(new Agent().run("a")).toBe("a");
    expect(seen).toEqual([["run", 0]]);
  });

  it("record two spans for a method of two kinds", () => {
    class Agent {
      @log("outer") @tool("inner") two() {}
      @log @log once() {}
    }

    const agent = new Agent();
    agent.two();
    agent.once();
    expect(paths()).toEqual(["inner", "outer", "Agent/once"]);
  });
});
