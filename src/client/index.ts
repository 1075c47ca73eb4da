export type { ToolChoice } from "../base/tool-choice.ts";
export type {
  ChatContent,
  ChatMessage,
  FlowKernel,
  PromptKernel,
  ToolCall,
  ToolFunction,
  ToolKernel,
} from "./kernel-types.ts";
export type { LogApiClientOptions } from "./log-api-client.ts";
export { LogApiClient } from "./log-api-client.ts";
export { LogApiError } from "./log-api-error.ts";
export type {
  BatchEntry,
  BatchEntryAnswer,
  FlowLogAnswer,
  FlowLogRequest,
  FlowLogUpdate,
  ListLogsQuery,
  LogAnswer,
  LogFields,
  Page,
  PromptLogAnswer,
  PromptLogRequest,
  PromptLogUpdate,
  TargetVersion,
  ToolLogAnswer,
  ToolLogRequest,
  ToolLogUpdate,
  TracePlace,
  TraceStatus,
} from "./wire-types.ts";
