/**
 * Keys under which this library keeps values in an OTel context. OTel's own `createContextKey`
 * makes a registered symbol too, so every copy of this library finds the same value.
 */

/** Holds `Readonly<Record<string, JsonText>>`: fields by wire name, set by `withLogContext`. */
export const LOG_FIELDS_KEY: symbol = Symbol.for("flowspan.log-fields");

/** Holds the innermost open log of our own wrappers. */
export const OPEN_LOG_KEY: symbol = Symbol.for("flowspan.open-log");
