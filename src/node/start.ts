import type { TracerProvider } from "@opentelemetry/api";
import { diag, ProxyTracerProvider, trace } from "@opentelemetry/api";
import { registeredWithApi } from "./api-registration.ts";
import { claimProvider, HANDLE, sayRefused } from "./claim-provider.ts";
import { sendDiagToStderr } from "./diag-to-stderr.ts";
import type { StartOptions } from "./start-options.ts";
import { resolveStartOptions } from "./start-options.ts";
import type { Tracing } from "./tracing-handle.ts";
import { createIdleTracing } from "./tracing-handle.ts";

/**
 * Starts tracing in a program of its own: provider, context over AsyncLocalStorage, W3C
 * propagators and sending, in one call at the top of the program.
 *
 * - A natural end of the process completes and sends what is left, within
 *   `shutdownTimeoutMillis`; a signal for two seconds at most. What is not sent then, and at
 *   `process.exit` and uncaught errors, is written to disk, and the next start sends it
 *   (`spoolDir`). The exit code stays the program's.
 * - Where a tracer provider is registered already, nothing is changed: it warns, says how to add
 *   `FlowspanSpanProcessor` to that provider, and gives a handle that does nothing. If that
 *   provider is an earlier `start()`'s, it warns and gives that one's handle.
 * - Where a copy of `@opentelemetry/api` of another version has registered anything, the API
 *   refuses us: it warns, names that version, and gives a handle that does nothing.
 * - With `FLOWSPAN_DISABLED` or `OTEL_SDK_DISABLED` it gives a handle that does nothing.
 * - Warnings go to OTel's `diag`; without a logger there, to stderr.
 *
 * @throws TypeError or RangeError for an option that can't be used, before anything is changed.
 * @example
 * const tracing = start();
 * await main();
 * await tracing.shutdown();
 */
export function start(options: StartOptions = {}): Tracing {
  const resolved = resolveStartOptions(options, process.env);
  if (resolved.flowspan.isDisabled) return createIdleTracing();
  const stopDiag = sendDiagToStderr();
  if (registeredWithApi("trace") !== undefined) {
    const tracing = tracingOfOthers();
    stopDiag();
    return tracing;
  }
  const running = claimProvider(resolved);
  if (running === undefined) {
    sayRefused("start()");
    stopDiag();
    return createIdleTracing();
  }
  running.onClosed = stopDiag;
  return running.tracing;
}

function tracingOfOthers(): Tracing {
  const proxy: TracerProvider = trace.getTracerProvider();
  const provider = proxy instanceof ProxyTracerProvider ? proxy.getDelegate() : proxy;
  const own = (provider as { [HANDLE]?: Tracing })[HANDLE];
  if (own) {
    diag.warn("flowspan: start() was called before; the first call's options stay in force.");
    return own;
  }
  diag.warn(
    "flowspan: start() found a tracer provider and leaves it alone, so nothing is sent. Add `new FlowspanSpanProcessor()` from flowspan/otel to that provider's span processors.",
  );
  return createIdleTracing();
}
