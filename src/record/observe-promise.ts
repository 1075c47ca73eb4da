import type { OpenedSpan } from "./run-in-span.ts";

const { then } = Promise.prototype;

/** Takes what a promise gave; what it gives back is what the caller gets. */
export type Settle = (value: unknown) => unknown;

/** By native promise: what callers get for it. A function that gives its promise again is kept. */
const DERIVED = new WeakMap<Promise<unknown>, Promise<unknown>>();

/**
 * The derived promise of a native one, with the properties that somebody had put on it: the same
 * for each call that gives the same. A rejection that nobody handles is raised once, for the
 * derived promise: the caller has no other.
 */
export function observePromise(
  promise: Promise<unknown>,
  { log }: OpenedSpan,
  settle: Settle,
): Promise<unknown> {
  const given = DERIVED.get(promise);
  const failed = (error: unknown): void => {
    log.fail(error);
    if (!given) throw error;
  };
  // As `await` does it: without asking the promise for a `then` that somebody has put on it.
  const derived: Promise<unknown> = Reflect.apply(then, promise, [settle, failed]);
  if (given) return given;
  DERIVED.set(promise, derived);
  // Only named ones: the symbols on a promise are the platform's own book-keeping.
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(promise))) {
    Reflect.defineProperty(derived, name, property);
  }
  return derived;
}
