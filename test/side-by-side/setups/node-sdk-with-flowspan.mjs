import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { FlowspanSpanProcessor } from "flowspan/otel";

const url = `${process.env.FOREIGN_OTLP_ENDPOINT}/v1/traces`;
const sdk = new NodeSDK({
  spanProcessors: [
    new BatchSpanProcessor(new OTLPTraceExporter({ url })),
    new FlowspanSpanProcessor(),
  ],
});
sdk.start();
export const finish = () => sdk.shutdown();
