/** All that recording uses of OpenTelemetry at run time. */
export {
  context,
  diag,
  ProxyTracerProvider,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
