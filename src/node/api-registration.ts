/** What OTel's API keeps process-wide. */
type Registered = "trace" | "context" | "propagation" | "diag";

/** Where the API, in every copy of its major version, keeps what is registered. */
const API_GLOBAL = Symbol.for("opentelemetry.js.api.1");

/**
 * What is registered with OTel's API, or `undefined`. The API itself answers only by trying, and
 * logs an error when there is something already.
 */
export function registeredWithApi(name: Registered): unknown {
  const holder = globalThis as { [API_GLOBAL]?: Partial<Record<Registered, unknown>> };
  return holder[API_GLOBAL]?.[name];
}
