export type { FinishedLog, FinishedTrace } from "../otel/finished-trace.ts";
export type { FlowspanOptions } from "../otel/flowspan-options.ts";
export type { KeepTrace } from "../otel/keep-sink.ts";
export type { FlowspanStats } from "../otel/pipeline.ts";
export { type SendSpoolOptions, type SpoolSent, sendSpool } from "./send-spool.ts";
export { start } from "./start.ts";
export type { StartOptions } from "./start-options.ts";
export type { Tracing } from "./tracing-handle.ts";
