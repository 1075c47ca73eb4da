import type { OpenedSpan } from "./run-in-span.ts";

const { then } = Promise.prototype;

/** Takes what a promise gave; what it gives back is what the caller gets. */
export type Settle = (value: unknown) => unknown;

/**
 * The derived promise of a native one, with the properties that somebody had put on it. A
 * rejection that nobody handles is raised once, for the derived promise: the caller has no other.
 */
export function observePromise(
  promise: Promise<unknown>,
  { log }: OpenedSpan,
  settle: Settle,
): Promise<unknown> {
  const failed = (error: unknown): never => {
    log.fail(error);
    throw error;
  };
  // As `await` does it: without asking the promise for a `then` that somebody has put on it.
  const derived: Promise<unknown> = Reflect.apply(then, promise, [settle, failed]);
  // Only named ones: the symbols on a promise are the platform's own book-keeping.
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(promise))) {
    Reflect.defineProperty(derived, name, property);
  }
  return derived;
}
