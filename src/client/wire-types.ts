import type { ToolChoice } from "../base/tool-choice.ts";
import type { ChatMessage, FlowKernel, PromptKernel, ToolKernel } from "./kernel-types.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Query parameters that target an existing version of a File. */
export interface TargetVersion {
  readonly version_id?: string;
  /** A deployed environment, not the label in the body. */
  readonly environment?: string;
}

/** Body fields that logs of every type take. `null` is written as it is. */
export interface LogFields {
  readonly path?: string;
  /** Id of an existing File. */
  readonly id?: string;
  /** ISO 8601. */
  readonly start_time?: string;
  /** ISO 8601. */
  readonly end_time?: string;
  /** ISO 8601. */
  readonly created_at?: string;
  readonly output?: string | null;
  readonly error?: string | null;
  /** Seconds. */
  readonly provider_latency?: number;
  readonly stdout?: string;
  readonly provider_request?: JsonObject;
  readonly provider_response?: JsonObject;
  readonly inputs?: JsonObject;
  readonly source?: string;
  readonly metadata?: JsonObject;
  readonly source_datapoint_id?: string;
  readonly user?: string;
  /** A label; it selects no version. */
  readonly environment?: string;
  /** False: payloads are not stored. */
  readonly save?: boolean;
}

/** Where a Prompt or Tool log stands in a trace. */
export interface TracePlace {
  /** Id of the root Flow log. */
  readonly trace_id?: string;
  readonly trace_parent_log_id?: string;
}

export type TraceStatus = "complete" | "incomplete";

/** Body of `POST /flows/log`. */
export interface FlowLogRequest extends LogFields {
  readonly messages?: readonly ChatMessage[];
  readonly output_message?: ChatMessage;
  readonly run_id?: string;
  readonly trace_parent_id?: string;
  /** Names the log, so that a repeated request is the same log. */
  readonly log_id?: string;
  readonly flow?: FlowKernel;
  readonly trace_status?: TraceStatus;
}

/** Body of `POST /prompts/log`. */
export interface PromptLogRequest extends LogFields, TracePlace {
  readonly messages?: readonly ChatMessage[];
  readonly output_message?: ChatMessage;
  readonly prompt_tokens?: number;
  readonly output_tokens?: number;
  /** Dollars. */
  readonly prompt_cost?: number;
  /** Dollars. */
  readonly output_cost?: number;
  readonly finish_reason?: string;
  readonly tool_choice?: ToolChoice;
  readonly prompt?: PromptKernel;
  readonly evaluation_id?: string;
  readonly batches?: readonly string[];
}

/** Body of `POST /tools/log`. */
export interface ToolLogRequest extends LogFields, TracePlace {
  readonly tool?: ToolKernel;
}

/** Body of `PATCH /flows/logs/{id}`: absent keeps, `null` clears. */
export interface FlowLogUpdate {
  readonly messages?: readonly ChatMessage[] | null;
  readonly output_message?: ChatMessage | null;
  readonly inputs?: JsonObject | null;
  readonly output?: string | null;
  readonly error?: string | null;
  readonly trace_status?: TraceStatus;
}

type Placed = "path" | "id" | "save" | "prompt" | "tool" | "environment" | keyof TracePlace;

/** Body of `PATCH /prompts/{id}/log/{log_id}`. */
export type PromptLogUpdate = Omit<PromptLogRequest, Placed>;

/** Body of `PATCH /tools/{id}/log/{log_id}`. */
export type ToolLogUpdate = Omit<ToolLogRequest, Placed>;

export interface FlowLogAnswer {
  readonly id: string;
  readonly flow_id: string;
  readonly version_id: string;
  readonly trace_status?: TraceStatus;
}

export interface PromptLogAnswer {
  readonly id: string;
  readonly prompt_id: string;
  readonly version_id: string;
  readonly session_id?: string;
}

export interface ToolLogAnswer {
  readonly id: string;
  readonly tool_id: string;
  readonly version_id: string;
  readonly session_id?: string;
}

/** One entry of `POST /logs/batch`. */
export type BatchEntry = {
  readonly op: "create" | "update" | "complete";
  readonly log_id: string;
  readonly query?: TargetVersion;
} & (
  | ({ readonly type: "flow" } & Omit<FlowLogRequest, "log_id">)
  | ({ readonly type: "prompt" } & PromptLogRequest)
  | ({ readonly type: "tool" } & ToolLogRequest)
);

/** One entry's own answer: what it became, or why not. */
export type BatchEntryAnswer =
  | { readonly id: string; readonly version_id?: string }
  | { readonly status: number; readonly detail: unknown };

/** One log as the server gives it. Fields that this type doesn't name pass through. */
export interface LogAnswer extends LogFields {
  readonly id: string;
  readonly trace_id?: string | null;
  readonly trace_parent_id?: string | null;
  readonly trace_children?: readonly LogAnswer[] | null;
  readonly trace_status?: TraceStatus | null;
  readonly [field: string]: unknown;
}

/** Filters of `GET /logs`. */
export interface ListLogsQuery {
  /** The File whose logs are wanted. */
  readonly file_id: string;
  /** From 1. */
  readonly page?: number;
  readonly size?: number;
  readonly version_id?: string;
  readonly id?: readonly string[];
  readonly search?: string;
  readonly metadata_search?: string;
  /** ISO 8601. */
  readonly start_date?: string;
  /** ISO 8601. */
  readonly end_date?: string;
  readonly include_trace_children?: boolean;
}

/** One page of a list. An empty `records` is past the end. */
export interface Page<Item> {
  readonly records: readonly Item[];
  readonly page: number;
  readonly size: number;
  readonly total: number;
}
