import type { TracerProvider } from "@opentelemetry/api";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { registeredWithApi } from "./api-registration.ts";

/**
 * Registers the provider with OTel's API, and with it a context manager over AsyncLocalStorage and
 * the W3C propagators where the program has none of its own. Gives the function that takes exactly
 * that away again.
 */
export function registerGlobals(provider: TracerProvider): () => void {
  const undo: (() => void)[] = [];
  if (registeredWithApi("context") === undefined) {
    const manager = new AsyncLocalStorageContextManager().enable();
    if (context.setGlobalContextManager(manager)) undo.push(undoOf("context", context));
  }
  if (registeredWithApi("propagation") === undefined) {
    const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
    if (propagation.setGlobalPropagator(new CompositePropagator({ propagators }))) {
      undo.push(undoOf("propagation", propagation));
    }
  }
  if (trace.setGlobalTracerProvider(provider)) undo.push(undoOf("trace", trace));
  return () => {
    for (const one of undo.splice(0)) one();
  };
}

/** What somebody else has registered since then stays. */
function undoOf(name: "trace" | "context" | "propagation", api: { disable(): void }): () => void {
  const own = registeredWithApi(name);
  return () => {
    if (registeredWithApi(name) === own) api.disable();
  };
}
