export type { FinishedLog, FinishedTrace } from "./finished-trace.ts";
export type { SpanExportResult } from "./flowspan-exporter.ts";
export { FlowspanExporter } from "./flowspan-exporter.ts";
export type { LogRecordLike } from "./flowspan-log-record-processor.ts";
export { FlowspanLogRecordProcessor } from "./flowspan-log-record-processor.ts";
export type { FlowspanExporterOptions, FlowspanOptions } from "./flowspan-options.ts";
export { FlowspanSpanProcessor } from "./flowspan-span-processor.ts";
export type { KeepTrace } from "./keep-sink.ts";
export type { FlowspanStats } from "./pipeline.ts";
