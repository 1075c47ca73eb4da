export type { FlowspanOptions } from "../otel/flowspan-options.ts";
export type { FlowspanStats } from "../otel/pipeline.ts";
export { start } from "./start.ts";
export type { StartOptions } from "./start-options.ts";
export type { Tracing } from "./tracing-handle.ts";
