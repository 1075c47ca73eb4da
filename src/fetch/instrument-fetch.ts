import { sharedState } from "../base/shared-state.ts";
import { type InstrumentFetchOptions, resolveFetchOptions } from "./options.ts";
import { hookFetch } from "./traced-fetch.ts";

/**
 * Wraps the global `fetch` as `tracedFetch` does. To be called before clients are made: many keep
 * the `fetch` that they find then. A second call, from wherever, changes nothing.
 *
 * @returns what undoes it. Where others have wrapped `fetch` since, theirs stays and ours lets
 *   every call through.
 * @throws TypeError for options that are none.
 */
export function instrumentFetch(options?: InstrumentFetchOptions): () => void {
  const state = sharedState();
  const settings = resolveFetchOptions(options);
  state.undoFetchHook ??= hookGlobal(() => {
    state.undoFetchHook = undefined;
  });
  return state.undoFetchHook;

  function hookGlobal(forget: () => void): () => void {
    const original = globalThis.fetch;
    let isOn = true;
    const hook = hookFetch(original, settings, () => isOn);
    globalThis.fetch = hook;
    return () => {
      if (!isOn) return;
      isOn = false;
      if (globalThis.fetch === hook) globalThis.fetch = original;
      forget();
    };
  }
}
