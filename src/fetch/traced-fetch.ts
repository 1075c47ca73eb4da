import { type FetchOptions, type FetchSettings, resolveFetchOptions } from "./options.ts";
import { runFetch } from "./run-fetch.ts";

/** The platform's `fetch`, or another function that is called in its place. */
export type FetchFunction = (...args: never[]) => unknown;

/**
 * Wraps a `fetch`, for any SDK that takes one: calls to a provider are recorded where they leave
 * the process, all else passes untouched.
 *
 * Guarantees: the same response or error object, its body read by nobody but the caller; nothing
 * of ours throws or is waited for. Without a provider of OTel's it is a direct call.
 *
 * @example const openai = new OpenAI({ fetch: tracedFetch(fetch) });
 * @throws TypeError at once for what is no function.
 */
export function tracedFetch<F extends FetchFunction>(fetch: F, options?: FetchOptions): F {
  if (typeof fetch !== "function") {
    throw new TypeError(`tracedFetch(): expected a function, got ${typeof fetch}. Pass \`fetch\`.`);
  }
  return hookFetch(fetch, resolveFetchOptions(options), () => true);
}

/** @param isOn false: calls go straight through. */
export function hookFetch<F extends FetchFunction>(
  fetch: F,
  settings: FetchSettings,
  isOn: () => boolean,
): F {
  const hook = function (this: unknown, ...args: unknown[]): unknown {
    return isOn() ? runFetch(fetch, settings, this, args) : Reflect.apply(fetch, this, args);
  };
  for (const key of Reflect.ownKeys(fetch)) {
    // Names, lengths, and what some platforms put on their `fetch`.
    const property = Object.getOwnPropertyDescriptor(fetch, key);
    if (key !== "prototype" && property) Reflect.defineProperty(hook, key, property);
  }
  return hook as unknown as F;
}
