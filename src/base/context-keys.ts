/**
 * Keys under which values are kept in an OTel context. OTel's own `createContextKey` makes a
 * registered symbol too, so every copy of this library and of the API finds the same value.
 */

/** Holds `Readonly<Record<string, JsonText>>`: fields by wire name, set by `withLogContext`. */
export const LOG_FIELDS_KEY: symbol = Symbol.for("flowspan.log-fields");

/** Holds the innermost open log of our own wrappers. */
export const OPEN_LOG_KEY: symbol = Symbol.for("flowspan.open-log");

/** Holds the active span: OTel's key, which its API uses and does not export. */
export const SPAN_KEY: symbol = Symbol.for("OpenTelemetry Context Key SPAN");

/** Holds the baggage: OTel's key, which its API uses and does not export. */
export const BAGGAGE_KEY: symbol = Symbol.for("OpenTelemetry Baggage Key");
