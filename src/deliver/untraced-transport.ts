import type { Context } from "@opentelemetry/api";
import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import type { Transport } from "../client/transport.ts";

/**
 * The key of `suppressTracing` in `@opentelemetry/core`. The API makes it by `Symbol.for`, so the
 * same name is the same key, without that package.
 */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/**
 * A transport whose requests no instrumentation traces, and that runs outside of whatever span
 * was active when its logs were handed over.
 */
export function createUntracedTransport(inner: Transport): Transport {
  const untraced: Context = ROOT_CONTEXT.setValue(SUPPRESS_TRACING, true);
  return {
    send: (request) => context.with(untraced, () => inner.send(request)),
    shutdown: () => inner.shutdown(),
  };
}
