/**
 * `flowspan/logs`: spans to logs, logs to operations. Pure functions for servers and tools.
 */

export type { CallCost, EstimateTokens, PriceCall, PricedCall } from "../base/call-cost.ts";
export type { EncodeLimits } from "../base/encode-limits.ts";
export type { JsonText } from "../base/json-text.ts";
export type { LogDraft, LogType, Operation, Outcome, VersionQuery } from "../base/log-types.ts";
export type { MaskText } from "../base/mask.ts";
export type { ContentMode, RecordedLog } from "../base/shared-state.ts";
export type { HrTime, SpanEvent, SpanView } from "../base/span-view.ts";
export { assemble } from "./assemble.ts";
export type { AssembleOptions } from "./options.ts";
export { type PlanOptions, plan } from "./plan.ts";
export { groupByTrace } from "./trace-groups.ts";
