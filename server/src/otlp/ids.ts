/** How many bytes OpenTelemetry's ids have. */
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

const HEX = /^[\da-f]*$/i;
const BASE64 = /^[A-Za-z\d+/_-]*={0,2}$/;

/** A trace id in lower-case hex; `undefined` for what is none, all zeros included. */
export function readTraceId(value: unknown): string | undefined {
  return readId(value, TRACE_ID_BYTES);
}

/** A span id in lower-case hex; `undefined` for what is none, all zeros included. */
export function readSpanId(value: unknown): string | undefined {
  return readId(value, SPAN_ID_BYTES);
}

/**
 * OTLP/JSON writes ids in hex; protobuf's own JSON mapping, which some programs write, in base64.
 * Their lengths tell them apart.
 */
function readId(value: unknown, bytes: number): string | undefined {
  if (typeof value !== "string" || value.length > 2 * bytes) return undefined;
  const hex =
    value.length === 2 * bytes && HEX.test(value) ? value.toLowerCase() : fromBase64(value);
  return hex.length === 2 * bytes && !/^0*$/.test(hex) ? hex : undefined;
}

function fromBase64(text: string): string {
  return BASE64.test(text) ? Buffer.from(text, "base64").toString("hex") : "";
}
