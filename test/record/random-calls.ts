import { Readable } from "node:stream";
import fc from "fast-check";

/** What a random function is: the shape of its result and what it does on the way. */
export interface FunctionPlan {
  readonly kind: Kind;
  /** Pieces that a generator or stream gives; indexes into the pool. */
  readonly pieces: readonly number[];
  /** Index into the pool: what it returns in the end. */
  readonly returned: number;
  /** It throws this (index into the pool) after so many pieces; `undefined`: it does not. */
  readonly thrown: { readonly after: number; readonly value: number } | undefined;
}

export const KINDS = [
  "sync",
  "async",
  "promise",
  "subclass",
  "thenable",
  "generator",
  "async generator",
  "stream",
  "Node stream",
  "iterable",
] as const;
export type Kind = (typeof KINDS)[number];

/** Values that functions give and throw, told apart by identity. */
export function makePool(): readonly unknown[] {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  return [
    undefined,
    null,
    0,
    "text",
    Symbol("s"),
    12n,
    Number.NaN,
    new Error("boom", { cause: new Error("why") }),
    { role: "assistant", content: "hi" },
    { object: "chat.completion", choices: [{ message: { role: "assistant", content: "x" } }] },
    { object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: "x" } }] },
    circular,
    [1, [2]],
    new Map([[{}, 1]]),
    new Uint8Array([1, 2]),
    () => 1,
    Object.freeze({ frozen: true }),
    new Proxy({}, { get: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse }),
    Object.defineProperty({}, "getter", { enumerable: true, get: refuse }),
  ];
}

/** Trapped by nobody but us: the program itself never looks into it. */
function refuse(): never {
  throw new Error("must not be run");
}

const index = fc.nat(18);

export const functionPlan: fc.Arbitrary<FunctionPlan> = fc.record({
  kind: fc.constantFrom(...KINDS),
  pieces: fc.array(index, { maxLength: 4 }),
  returned: index,
  thrown: fc.option(fc.record({ after: fc.nat(4), value: index }), { nil: undefined }),
});

/** A promise with a method of its own, as SDKs have them. */
class Subclass<T> extends Promise<T> {
  extra(): string {
    return "extra";
  }
}

/** The function that the plan describes. It reports its `this` and arguments. */
export function makeFunction(
  { kind, pieces, returned, thrown }: FunctionPlan,
  pool: readonly unknown[],
  called: (self: unknown, args: readonly unknown[]) => void,
): (...args: unknown[]) => unknown {
  const fails = (at: number): boolean => thrown !== undefined && thrown.after === at;
  const end = (): unknown => {
    if (thrown !== undefined && thrown.after >= pieces.length) throw pool[thrown.value];
    return pool[returned];
  };
  function* steps(): Generator<unknown, unknown, unknown> {
    for (const [at, piece] of pieces.entries()) {
      if (fails(at)) throw pool[thrown?.value ?? 0];
      yield pool[piece];
    }
    return end();
  }
  switch (kind) {
    case "sync":
      return function (this: unknown, ...args) {
        called(this, args);
        return end();
      };
    case "async":
      return async function (this: unknown, ...args) {
        called(this, args);
        for (const _ of pieces) await undefined;
        return end();
      };
    case "promise":
    case "subclass": {
      const Type = kind === "promise" ? Promise : Subclass;
      return function (this: unknown, ...args) {
        called(this, args);
        return new Type((resolve) => resolve(end()));
      };
    }
    case "thenable":
      return function (this: unknown, ...args) {
        called(this, args);
        return {
          // biome-ignore lint/suspicious/noThenProperty: a thenable is what is wanted here
          then: (done: (value: unknown) => void, failed: (error: unknown) => void) =>
            new Promise((resolve) => resolve(end())).then(done, failed),
        };
      };
    case "generator":
      return function* (this: unknown, ...args) {
        called(this, args);
        return yield* steps();
      };
    case "async generator":
      return async function* (this: unknown, ...args) {
        called(this, args);
        return yield* steps();
      };
    case "stream":
      return function (this: unknown, ...args) {
        called(this, args);
        const source = steps();
        // Pulled ahead of its reader, a source that fails takes back what nobody has read yet: how
        // much that is hangs on single microtasks.
        return new ReadableStream(
          {
            pull(controller) {
              const step = source.next();
              if (step.done) controller.close();
              else controller.enqueue(step.value);
            },
          },
          { highWaterMark: 0 },
        );
      };
    case "Node stream":
      return function (this: unknown, ...args) {
        called(this, args);
        // A Node stream takes neither null nor undefined for a piece.
        return Readable.from(
          (function* () {
            for (const piece of steps()) yield piece ?? "nothing";
          })(),
        );
      };
    case "iterable":
      return async function (this: unknown, ...args) {
        called(this, args);
        return {
          async *[Symbol.asyncIterator]() {
            yield* steps();
          },
        };
      };
    default:
      return kind satisfies never;
  }
}
