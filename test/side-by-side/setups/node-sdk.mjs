import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeSDK } from "@opentelemetry/sdk-node";

const url = `${process.env.FOREIGN_OTLP_ENDPOINT}/v1/traces`;
const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter({ url }) });
sdk.start();
export const finish = () => sdk.shutdown();
