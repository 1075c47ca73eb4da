import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { registeredApiVersion, registeredWithApi } from "./api-registration.ts";
import { registerGlobals } from "./register-globals.ts";
import type { RunningTracing } from "./run-tracing.ts";
import { runTracing } from "./run-tracing.ts";
import type { ResolvedStartOptions } from "./start-options.ts";
import { warn } from "./warn.ts";

/** On a provider of ours: its handle, for a second `start()`, also from another copy. */
export const HANDLE: unique symbol = Symbol.for("flowspan.tracing") as never;

/**
 * Runs tracing with a provider of its own, registered with OTel's API. `undefined` where the API
 * refuses it; nothing is left running then.
 */
export function claimProvider(resolved: ResolvedStartOptions): RunningTracing | undefined {
  const running = runTracing(resolved);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(resolved.resourceAttributes),
    spanProcessors: [...running.processors],
  });
  Object.defineProperty(provider, HANDLE, { value: running.tracing });
  running.onShutdown = registerGlobals(provider);
  if (registeredWithApi("trace") !== undefined) return running;
  void running.tracing.shutdown();
  return undefined;
}

/** Says that another version's copy of the API has registered first, if only a logger. */
export function sayRefused(where: string): void {
  warn(
    `flowspan: ${where}: expected one version of @opentelemetry/api in this program, got another ` +
      `one, ${registeredApiVersion()}, that registered first, so nothing is recorded. ` +
      "Make both one version: `npm ls @opentelemetry/api` tells who brings it.",
  );
}
