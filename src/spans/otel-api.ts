/** All that recording uses of OpenTelemetry at run time. */
export {
  baggageEntryMetadataFromString,
  context,
  createTraceState,
  diag,
  isSpanContextValid,
  ProxyTracerProvider,
  propagation,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
