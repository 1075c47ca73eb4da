import type { CapturedLog } from "./captured-log.ts";

/**
 * Captured logs as a tree of lines, for a failure message or a snapshot at a glance:
 *
 *     flow support/agent
 *       prompt support/answer  gpt-4o  12 -> 3 tokens
 *       tool search  error: Error: no index
 */
export function formatLogs(logs: readonly CapturedLog[]): string {
  return logs.flatMap((log) => linesOf(log, "")).join("\n");
}

function linesOf(log: CapturedLog, indent: string): readonly string[] {
  const line = [`${indent}${log.type} ${log.path ?? ""}`.trimEnd(), ...notesOf(log)].join("  ");
  return [line, ...(log.children ?? []).flatMap((child) => linesOf(child, `${indent}  `))];
}

function notesOf(log: CapturedLog): readonly string[] {
  const notes: string[] = [];
  const { model } = (log.prompt ?? {}) as { readonly model?: string };
  if (model !== undefined) notes.push(model);
  if (log.prompt_tokens !== undefined || log.output_tokens !== undefined) {
    notes.push(`${log.prompt_tokens ?? "?"} -> ${log.output_tokens ?? "?"} tokens`);
  }
  if (log.error !== undefined) notes.push(`error: ${String(log.error).split("\n", 1)[0]}`);
  return notes;
}
