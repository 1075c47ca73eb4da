import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { BatchSpanProcessor, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

/** What differs between the SDK's versions for who sets it up. */
export const simple = (exporter) => new SimpleSpanProcessor(exporter);
export const batch = (exporter) => new BatchSpanProcessor(exporter);

export function register(spanProcessors) {
  const provider = new NodeTracerProvider({ spanProcessors });
  provider.register();
  return provider;
}

export function createLogger(processor) {
  const provider = new LoggerProvider();
  provider.addLogRecordProcessor(processor);
  return provider.getLogger("test");
}
