export { instrumentFetch } from "./instrument-fetch.ts";
export type { FetchOptions, InstrumentFetchOptions, PropagateTo } from "./options.ts";
export { type FetchFunction, tracedFetch } from "./traced-fetch.ts";
