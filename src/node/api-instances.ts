import { createRequire } from "node:module";
import type { ContextAPI, PropagationAPI, TraceAPI } from "@opentelemetry/api";
import * as imported from "@opentelemetry/api";

/** The entry points of one instance of OTel's API. */
export interface ApiInstance {
  readonly trace: TraceAPI;
  readonly context: ContextAPI;
  readonly propagation: PropagationAPI;
}

/**
 * Hands over the instances of OTel's API that a program gets from where this library is installed.
 * Up to 1.9 there is one. 1.10 has an instance for `import` and one for `require`: what one of them
 * keeps for itself, the other does not know. The last one may come a little later, where it can only be
 * loaded so.
 */
export function eachApiInstance(take: (api: ApiInstance) => void): void {
  const seen = new Set<TraceAPI>();
  const offer = (api: ApiInstance): void => {
    if (seen.has(api.trace)) return;
    seen.add(api.trace);
    take(api);
  };
  offer(imported);
  // The built CommonJS form has no `import.meta.url`, and the other no `__filename`.
  const require = createRequire(import.meta.url ?? __filename);
  offer(require("@opentelemetry/api") as ApiInstance);
  void import("@opentelemetry/api").then(offer, () => {});
}
