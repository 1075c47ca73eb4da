import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** What differs between the SDK's versions for who sets it up. */
export const simple = (exporter) => new SimpleSpanProcessor({ exporter });
export const batch = (exporter) => new BatchSpanProcessor({ exporter });

export function register(spanProcessors) {
  const provider = new TracerProvider({ spanProcessors });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  return provider;
}

export const createLogger = (processor) =>
  new LoggerProvider({ processors: [processor] }).getLogger("test");
