import type { LogSummary, LogType } from "../store/records.ts";

/** Document fields of a log, in the Log API's names. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Stored and answered as they come, for every type of log. */
const COMMON_FIELDS = [
  "output",
  "error",
  "provider_latency",
  "stdout",
  "provider_request",
  "provider_response",
  "inputs",
  "source",
  "metadata",
  "source_datapoint_id",
  "user",
  "environment",
  "log_id",
  "evaluation_id",
  "run_id",
  "batches",
  "batch_id",
  "session_id",
  "messages",
  "output_message",
] as const;

const PROMPT_FIELDS = [
  "prompt_tokens",
  "output_tokens",
  "reasoning_tokens",
  "prompt_cost",
  "output_cost",
  "finish_reason",
  "tool_choice",
] as const;

/** What `save: false` keeps out. Costs, timings, errors and metadata stay. */
const PAYLOAD_FIELDS: ReadonlySet<string> = new Set([
  "inputs",
  "messages",
  "output",
  "output_message",
  "provider_request",
  "provider_response",
  "stdout",
]);

const STORED_FIELDS: Readonly<Record<LogType, readonly string[]>> = {
  flow: COMMON_FIELDS,
  prompt: [...COMMON_FIELDS, ...PROMPT_FIELDS],
  tool: COMMON_FIELDS,
};

/** The fields of a request that are stored; keys the Log API doesn't know are left out. */
export function pickFields(type: LogType, request: LogFields, save: boolean): LogFields {
  const picked: Record<string, unknown> = {};
  for (const name of STORED_FIELDS[type]) {
    const value = request[name];
    if (value !== undefined && (save || !PAYLOAD_FIELDS.has(name))) picked[name] = value;
  }
  return picked;
}

/** The same fields without what `save: false` keeps out. */
export function withoutPayloads(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !PAYLOAD_FIELDS.has(name)));
}

/** A log that is sent again: what it says now wins, what it leaves out or nulls stays. */
export function mergeFields(before: LogFields, after: LogFields): LogFields {
  const said = Object.entries(after).filter(([, value]) => value !== null);
  return { ...before, ...Object.fromEntries(said) };
}

/** A log that is patched: what is said now wins, null included, which clears a field. */
export function patchFields(before: LogFields, after: LogFields): LogFields {
  return { ...before, ...after };
}

/** The columns that lists and totals read. */
export function summarise(fields: LogFields): LogSummary {
  const costs = [asNumber(fields.prompt_cost), asNumber(fields.output_cost)];
  return {
    hasError: typeof fields.error === "string" && fields.error !== "",
    user: typeof fields.user === "string" ? fields.user : undefined,
    promptTokens: asNumber(fields.prompt_tokens),
    outputTokens: asNumber(fields.output_tokens),
    cost: costs.every((cost) => cost === undefined)
      ? undefined
      : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
  };
}

function asNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
