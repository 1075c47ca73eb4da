import type { TracerProvider } from "@opentelemetry/api";
import { diag, ProxyTracerProvider, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { FlowspanStats } from "../otel/pipeline.ts";
import { Pipeline } from "../otel/pipeline.ts";
import { PipelineProcessor } from "../otel/pipeline-processor.ts";
import { exitPlace } from "../otel/spool-place.ts";
import { withDeadline } from "../otel/with-deadline.ts";
import { registeredApiVersion, registeredWithApi } from "./api-registration.ts";
import { sendDiagToStderr } from "./diag-to-stderr.ts";
import { onExits } from "./exits.ts";
import { createLazyOtlpExporter } from "./lazy-otlp-exporter.ts";
import { registerGlobals } from "./register-globals.ts";
import type { ResolvedStartOptions, StartOptions } from "./start-options.ts";
import { resolveStartOptions } from "./start-options.ts";
import type { Tracing } from "./tracing-handle.ts";
import { createIdleTracing } from "./tracing-handle.ts";

/** Our own deadline comes first; this one is for what else the provider has, such as OTLP. */
const MARGIN_MILLIS = 250;

/** On a provider of ours: its handle, for a second `start()`, also from another copy. */
const HANDLE = Symbol.for("flowspan.tracing");

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
  const pipeline = new Pipeline(resolved.flowspan, true, exitPlace(resolved.flowspan));
  const otlp = resolved.sendsOtlp
    ? new BatchSpanProcessor(createLazyOtlpExporter(resolved.otlpUrl))
    : undefined;
  const provider = createProvider(resolved, [
    new PipelineProcessor(pipeline),
    ...(otlp ? [otlp] : []),
  ]);
  const { flushTimeoutMillis, shutdownTimeoutMillis } = resolved.flowspan;
  const unregister = registerGlobals(provider);
  if (registeredWithApi("trace") === undefined) {
    unregister();
    void provider.shutdown();
    const tracing = refusedByApi();
    stopDiag();
    return tracing;
  }
  let closed: Promise<FlowspanStats> | undefined;
  const close = async (): Promise<FlowspanStats> => {
    unregister();
    await within(shutdownTimeoutMillis + MARGIN_MILLIS, provider.shutdown());
    forgetExits();
    stopDiag();
    return tracing.stats();
  };
  const tracing: Tracing = {
    async flush() {
      await within(
        flushTimeoutMillis + MARGIN_MILLIS,
        provider.forceFlush({ timeoutMillis: flushTimeoutMillis + MARGIN_MILLIS }),
      );
      return tracing.stats();
    },
    shutdown() {
      closed ??= close();
      return closed;
    },
    stats: () => pipeline.stats(),
  };
  const send = (sent: Promise<unknown>, timeoutMillis: number): Promise<void> =>
    within(timeoutMillis + MARGIN_MILLIS, Promise.all([sent, otlp?.forceFlush()]));
  const forgetExits = onExits(
    {
      finish: (timeoutMillis) => send(pipeline.finish(timeoutMillis), timeoutMillis),
      flush: (timeoutMillis) => send(pipeline.flush(timeoutMillis), timeoutMillis),
      stats: () => pipeline.stats(),
      leave: () => pipeline.leave(),
      close: () => void pipeline.shutdown(0),
    },
    shutdownTimeoutMillis,
  );
  Object.defineProperty(provider, HANDLE, { value: tracing });
  return tracing;
}

function createProvider(
  resolved: ResolvedStartOptions,
  spanProcessors: SpanProcessor[],
): BasicTracerProvider {
  const resource = resourceFromAttributes(resolved.resourceAttributes);
  return new BasicTracerProvider({ resource, spanProcessors });
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

/** Another version's copy of the API has registered first, if only a logger. */
function refusedByApi(): Tracing {
  const message =
    "flowspan: start(): expected one version of @opentelemetry/api in this program, got another " +
    `one, ${registeredApiVersion()}, that registered first, so nothing is recorded. ` +
    "Make both one version: `npm ls @opentelemetry/api` tells who brings it.";
  // It takes no logger of ours either.
  if (registeredWithApi("diag") === undefined) process.stderr.write(`warning: ${message}\n`);
  else diag.warn(message);
  return createIdleTracing();
}

/** Waits for a provider, but not for ever and never failing. */
function within(timeoutMillis: number, done: Promise<unknown>): Promise<void> {
  const quiet = done.catch((error: unknown) => {
    diag.error("flowspan: a span processor failed to flush or to shut down.", error);
  });
  return withDeadline(timeoutMillis, quiet);
}
