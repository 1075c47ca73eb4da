/** The Log API's server, to run inside a program of your own. */

export type { ServerOptions } from "./http/create-server.ts";
export { createServer } from "./http/create-server.ts";
export type { ServerLimits } from "./http/limits.ts";
export type { RunningServer, ServeOptions } from "./serve.ts";
export { ServeError, serve } from "./serve.ts";
export type {
  KeyRecord,
  KeyStore,
  ProjectRecord,
  Scope,
  SessionRecord,
} from "./store/key-store.ts";
export type { OpenStoreOptions } from "./store/sqlite/open-store.ts";
export { openStore } from "./store/sqlite/open-store.ts";
export type {
  FileQuery,
  LogQuery,
  Page,
  Store,
  StoreReader,
  StoreTransaction,
  TracePage,
  TraceQuery,
} from "./store/store.ts";
export { StoreOpenError } from "./store/store-open-error.ts";
