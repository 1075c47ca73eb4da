import { isRecord } from "./chat-model.ts";
import {
  formatCost,
  formatCount,
  formatDuration,
  formatTimeOfDay,
  formatTokens,
} from "./format.ts";
import { durationMillis } from "./time.ts";
import { fileOf, type TraceNode } from "./tree-model.ts";
import { ownUsage } from "./usage.ts";
import type { FileVersion, LogResponse } from "./wire.ts";

/** One line of a log's facts. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A file's fields that are not its kernel: names, places and counts the server keeps. */
const FILE_FIELDS: ReadonlySet<string> = new Set([
  "path",
  "id",
  "directory_id",
  "name",
  "version_id",
  "type",
  "version_name",
  "version_description",
  "description",
  "readme",
  "tags",
  "schema",
  "status",
  "environments",
  "created_at",
  "updated_at",
  "last_used_at",
  "created_by",
  "committed_by",
  "committed_at",
  "commit_message",
  "version_logs_count",
  "total_logs_count",
  "evaluators",
  "evaluator_aggregates",
  "inputs",
  "raw_file_content",
]);

/** What a reader looks for first in a kernel. */
const FIRST_FIELDS = ["model", "provider", "template", "function", "tools"];

/** Gives what decides a log's version (model, template, attributes ...), unset fields left out. */
export function kernelOf(log: LogResponse): Record<string, unknown> {
  const fields = Object.entries(fileOf(log).file ?? {});
  const set = fields.filter(([field, value]) => !FILE_FIELDS.has(field) && !isEmpty(value));
  return Object.fromEntries(set.sort(([one], [other]) => rankOf(one) - rankOf(other)));
}

/** Gives the id and, where it has one, the name of a log's version. */
function versionLabel(file: FileVersion | undefined): string | undefined {
  if (!file?.version_id) return undefined;
  return file.version_name ? `${file.version_name} (${file.version_id})` : file.version_id;
}

/** Gives the short facts of a log, those that are known, in reading order. */
export function factsOf(node: TraceNode): Fact[] {
  const { log } = node;
  const own = flowspanMetadata(log);
  const usage = ownUsage(log);
  const recordedUsage = isRecord(own.usage) ? own.usage : {};
  const firstTokenSeconds = numberOf(own.time_to_first_token_seconds);
  const latencySeconds = numberOf(log.provider_latency);
  const model = fileOf(log).file?.model;
  const facts: (Fact | undefined)[] = [
    fact("Started", node.startMillis, formatTimeOfDay),
    fact("Took", durationMillis(node), formatDuration),
    fact("First token", firstTokenSeconds, (seconds) => formatDuration(seconds * 1000)),
    fact("Provider took", latencySeconds, (seconds) => formatDuration(seconds * 1000)),
    textFact("Model", model),
    textFact("Answered by", own.response_model === model ? undefined : own.response_model),
    usage.calls === 0
      ? undefined
      : { label: "Tokens", value: formatTokens(usage.promptTokens, usage.outputTokens) },
    fact("Cached", numberOf(recordedUsage.cached), formatCount),
    fact("Cache write", numberOf(recordedUsage.cache_write), formatCount),
    fact("Reasoning", numberOf(recordedUsage.reasoning), formatCount),
    recordedUsage.estimated ? { label: "Counted by", value: "estimate" } : undefined,
    fact("Cost", usage.cost, formatCost),
    textFact("Price from", own.cost_source),
    textFact("Finished by", log.finish_reason),
    textFact("Outcome", own.outcome === "ok" ? undefined : own.outcome),
    textFact("User", log.user),
    textFact("Session", log.session_id),
    log.late ? { label: "Came", value: "after its trace was complete" } : undefined,
    textFact("Environment", log.environment),
    textFact("Source", log.source),
    textFact("Version", versionLabel(fileOf(log).file)),
  ];
  return facts.filter((known) => known !== undefined);
}

/** Tells whether a log holds anything its program took in or gave back. */
export function hasContent(log: LogResponse): boolean {
  return !(
    isEmpty(log.inputs) &&
    isEmpty(log.messages) &&
    isEmpty(log.output) &&
    isEmpty(log.output_message) &&
    isEmpty(log.error)
  );
}

/** Tells "nothing here": null, undefined, an empty text, list or object. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

function rankOf(field: string): number {
  const at = FIRST_FIELDS.indexOf(field);
  return at === -1 ? FIRST_FIELDS.length : at;
}

function flowspanMetadata(log: LogResponse): Record<string, unknown> {
  const own = isRecord(log.metadata) ? log.metadata.flowspan : undefined;
  return isRecord(own) ? own : {};
}

function fact(
  label: string,
  value: number | undefined,
  format: (value: number) => string,
): Fact | undefined {
  return value === undefined ? undefined : { label, value: format(value) };
}

function textFact(label: string, value: unknown): Fact | undefined {
  return typeof value === "string" && value !== "" ? { label, value } : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
