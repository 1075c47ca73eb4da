/** What OTel's API keeps process-wide. */
type Registered = "trace" | "context" | "propagation" | "diag";

/** Where the API, in every copy of its major version, keeps what is registered. */
const API_GLOBAL = Symbol.for("opentelemetry.js.api.1");

/**
 * What is registered with OTel's API, or `undefined`. The API itself answers only by trying, and
 * logs an error when there is something already.
 */
export function registeredWithApi(name: Registered): unknown {
  return holder()?.[name];
}

/** The version of the copy that registered first: the API takes no more from any other version. */
export function registeredApiVersion(): string | undefined {
  return holder()?.version;
}

function holder():
  | ({ readonly version?: string } & Partial<Record<Registered, unknown>>)
  | undefined {
  return (globalThis as { [API_GLOBAL]?: ReturnType<typeof holder> })[API_GLOBAL];
}
