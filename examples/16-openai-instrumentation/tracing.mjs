import { register } from "node:module";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { OpenAIInstrumentation } from "@opentelemetry/instrumentation-openai";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { FlowspanLogRecordProcessor, FlowspanSpanProcessor } from "flowspan/otel";

// OpenTelemetry's own hook: it lets instrumentations see what ES modules import.
register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);

const spans = new FlowspanSpanProcessor();

/** The setup that an application has, and two lines more. */
export const sdk = new NodeSDK({
  serviceName: "handbook",
  spanProcessors: [spans],
  metricReaders: [],
  // The instrumentation writes messages as log records: this joins them to their spans.
  logRecordProcessors: [new FlowspanLogRecordProcessor(spans)],
  instrumentations: [
    new HttpInstrumentation(),
    new OpenAIInstrumentation({ captureMessageContent: true }),
  ],
});
sdk.start();
