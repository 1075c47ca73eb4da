import type { LogDecorator } from "../../../src/record/create-wrapper.ts";
import type { AnyFunction } from "../../../src/record/types.ts";

// The twin of test/legacy/promise-hosts.ts, compiled by the TC39 standard. Keep them alike.

/** Makes classes whose methods are decorated, under one of the two standards. */
export interface Hosts {
  /** A method that calls the function with its own `this` and arguments. */
  decorateMethod(decorator: LogDecorator, fn: AnyFunction): AnyFunction;
  /** The same for a generator function. */
  decorateGenerator(decorator: LogDecorator, fn: AnyFunction): AnyFunction;
  /** The same for an async generator function. */
  decorateAsyncGenerator(decorator: LogDecorator, fn: AnyFunction): AnyFunction;
  /** A method that is decorated twice: `outer` stands above `inner`. */
  decorateTwice(outer: LogDecorator, inner: LogDecorator, fn: AnyFunction): AnyFunction;
  /** Methods with parameter lists of every form, for what is read from a function itself. */
  decorateMembers(decorator: LogDecorator): Members;
}

/** Methods of `decorateMembers`. */
export interface Members {
  plain(question: string, limit: number): unknown;
  withDefault(question: string, limit?: number): unknown;
  destructured(first: { a: number }, second: readonly number[], c: number): unknown;
  withRest(first: string, ...others: number[]): unknown;
  n(e: string, t: number): unknown;
  later(question: string): Promise<unknown>;
  pieces(to: number): Generator<number>;
  withOwnProperty(): unknown;
}

export const STANDARD_HOSTS: Hosts = {
  decorateMethod,
  decorateGenerator,
  decorateAsyncGenerator,
  decorateTwice,
  decorateMembers,
};

function decorateMethod(decorator: LogDecorator, fn: AnyFunction): AnyFunction {
  class Host {
    @decorator method(...args: unknown[]): unknown {
      return Reflect.apply(fn, this, args);
    }
  }
  return Host.prototype.method;
}

function decorateGenerator(decorator: LogDecorator, fn: AnyFunction): AnyFunction {
  class Host {
    @decorator *method(...args: unknown[]): Generator {
      return yield* Reflect.apply(fn, this, args) as Generator;
    }
  }
  return Host.prototype.method;
}

function decorateAsyncGenerator(decorator: LogDecorator, fn: AnyFunction): AnyFunction {
  class Host {
    @decorator async *method(...args: unknown[]): AsyncGenerator {
      return yield* Reflect.apply(fn, this, args) as AsyncGenerator;
    }
  }
  return Host.prototype.method;
}

function decorateTwice(outer: LogDecorator, inner: LogDecorator, fn: AnyFunction): AnyFunction {
  class Host {
    @outer @inner method(...args: unknown[]): unknown {
      return Reflect.apply(fn, this, args);
    }
  }
  return Host.prototype.method;
}

function decorateMembers(decorator: LogDecorator): Members {
  class Host {
    @decorator plain(question: string, limit: number): unknown {
      return [question, limit];
    }
    @decorator withDefault(question: string, limit: number = 3): unknown {
      return [question, limit];
    }
    @decorator destructured({ a }: { a: number }, [b]: readonly number[], c: number): unknown {
      return a + (b ?? 0) + c;
    }
    @decorator withRest(first: string, ...others: number[]): unknown {
      return [first, others];
    }
    // As a minifier leaves it.
    // biome-ignore format: see above
    @decorator n(e:string,t:number):unknown{return[e,t]}
    @decorator async later(question: string): Promise<unknown> {
      return question;
    }
    @decorator *pieces(to: number): Generator<number> {
      for (let n = 1; n <= to; n++) yield n;
    }
    @decorator @tagged withOwnProperty(): unknown {
      return 1;
    }
  }
  return Host.prototype;
}

/** Somebody else's decorator, under either standard: it puts a property on the method. */
function tagged(target: object, _second: unknown, descriptor?: PropertyDescriptor): void {
  Object.assign(descriptor === undefined ? target : descriptor.value, { tag: "own" });
}
