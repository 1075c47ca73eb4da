import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { setUpOtel } from "./otel.mjs";

/** The OTel SDK with its OTLP JSON exporter. */
export function setUp({ url }) {
  return setUpOtel(new OTLPTraceExporter({ url: `${url}/v1/traces` }));
}
