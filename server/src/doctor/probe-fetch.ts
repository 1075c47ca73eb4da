import { AsyncLocalStorage } from "node:async_hooks";
import type { Report } from "./report.ts";

type Fetch = typeof globalThis.fetch;

/** Paths that model providers' APIs end in. */
const PROVIDER_PATH =
  /\/(chat\/completions|responses|embeddings|messages|api\/(chat|generate)|v2\/chat)$|:(stream)?generateContent$/i;

/**
 * Watches calls to model providers through the global `fetch`, and through what was taken from
 * there before it was hooked. Gives what tells the hosts.
 */
export function watchFetch(
  isHooked: () => boolean,
): () => Pick<Report, "roundTheHook" | "unhooked"> {
  const roundTheHook = new Set<string>();
  const unhooked = new Set<string>();
  const through = new AsyncLocalStorage<true>();
  const original = globalThis.fetch;
  const watched: Fetch = (...args) => {
    const url = urlOf(args[0]);
    if (url !== undefined && PROVIDER_PATH.test(url.pathname) && !through.getStore()) {
      (isHooked() ? roundTheHook : unhooked).add(url.host);
    }
    return original(...args);
  };
  let current = watched;
  Object.defineProperty(globalThis, "fetch", {
    configurable: true,
    enumerable: true,
    get: () => current,
    set: (hook: Fetch) => {
      current = hook === watched ? watched : (...args) => through.run(true, () => hook(...args));
    },
  });
  return () => ({ roundTheHook: [...roundTheHook], unhooked: [...unhooked] });
}

function urlOf(input: Parameters<Fetch>[0]): URL | undefined {
  const text = input instanceof Request ? input.url : String(input);
  return URL.canParse(text) ? new URL(text) : undefined;
}
