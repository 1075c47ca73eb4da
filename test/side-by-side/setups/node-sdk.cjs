const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-http");
const { NodeSDK } = require("@opentelemetry/sdk-node");

const url = `${process.env.FOREIGN_OTLP_ENDPOINT}/v1/traces`;
const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter({ url }) });
sdk.start();
exports.finish = () => sdk.shutdown();
