import { z } from "zod";
import type { LogType } from "../../store/records.ts";
import { flowKernel, promptKernel, toolKernel } from "./kernels.ts";
import { chatMessage, toolChoice } from "./messages.ts";
import { flag, integer, list, name, number, object, status, text, time } from "./values.ts";

/** What a log may be patched with, whatever its type. */
const payloadFields = {
  output: text,
  error: text,
  provider_latency: number,
  stdout: text,
  provider_request: object,
  provider_response: object,
  inputs: object,
  source: text,
  metadata: object,
  start_time: time,
  end_time: time,
  created_at: time,
  messages: list(chatMessage).nullish(),
  output_message: chatMessage.nullish(),
};

const promptPayloadFields = {
  ...payloadFields,
  prompt_tokens: integer,
  output_tokens: integer,
  reasoning_tokens: integer,
  prompt_cost: number,
  output_cost: number,
  finish_reason: text,
  tool_choice: toolChoice,
};

/** Where a log belongs, by every name that clients have used for it. */
const placeFields = {
  path: name,
  id: name,
  log_id: name,
  trace_id: name,
  trace_parent_id: name,
  trace_parent_log_id: name,
  run_id: text,
  evaluation_id: text,
  batches: list(z.string()).nullish(),
  batch_id: text,
  source_datapoint_id: text,
  session_id: text,
  user: text,
  environment: text,
  save: flag,
};

const statusFields = { log_status: status, trace_status: status, status };

/** The bodies of log requests. Keys that none of them has are accepted and ignored. */
export const logBodies = {
  prompt: z.looseObject({ ...placeFields, ...promptPayloadFields, prompt: promptKernel.nullish() }),
  flow: z.looseObject({
    ...placeFields,
    ...payloadFields,
    ...statusFields,
    flow: flowKernel.nullish(),
  }),
  tool: z.looseObject({ ...placeFields, ...payloadFields, tool: toolKernel.nullish() }),
} satisfies Record<LogType, z.ZodType>;

/** The bodies of patches. */
export const patchBodies = {
  prompt: z.looseObject(promptPayloadFields),
  flow: z.looseObject({ ...payloadFields, ...statusFields }),
  tool: z.looseObject(payloadFields),
} satisfies Record<LogType, z.ZodType>;

/** The query of a log request: at most one of the two. */
export const targetQuery = z.object({
  version_id: z.string().optional(),
  environment: z.string().optional(),
});

/** What an entry of a batch has beside the fields of its log. */
export const batchEntry = z.looseObject({
  op: z.enum(["create", "update", "complete"]),
  type: z.enum(["flow", "prompt", "tool"]),
  query: targetQuery.nullish(),
  /** The parent is another process's log, which may not have come yet. Needs `trace_id`. */
  parent_may_follow: flag,
});

/** The body of a batch; each entry is checked on its own. */
export const batchBody = z.looseObject({ logs: z.array(z.unknown()) });
