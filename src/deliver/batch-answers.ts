import { classifyStatus } from "../client/classify-answer.ts";
import { detailText } from "../client/log-api-error.ts";
import { againAfterFailure } from "./failures.ts";
import { refuse } from "./refuse.ts";
import type { Sending } from "./sending.ts";
import type { Entry } from "./trace-line.ts";
import { nearestIn, openEntries, wireId } from "./trace-line.ts";

/** What the server made of one entry. `failed`: it may take it later. */
type Verdict = "taken" | "failed" | { readonly statusCode: number; readonly detail?: string };

/**
 * Deals with the answers of one batch, which stand in the entries' order. A missing answer counts
 * as not taken, and so does one that names another log. Where there are more or fewer answers than
 * entries, none is sure to be about its entry, so no refusal counts for good. What was refused only because something above it was not taken goes out again,
 * and so does a completion that came before a log of its trace.
 */
export function settleBatch(sending: Sending, entries: readonly Entry[], body: unknown): void {
  const { backlog } = sending;
  const answers = readAnswers(body);
  const isComplete = answers.length === entries.length;
  const verdicts = entries.map((entry, index) => {
    const verdict = readVerdict(answers[index], wireId(entry.line, entry.state.id));
    return typeof verdict === "object" && !isComplete ? "failed" : verdict;
  });
  const untaken = new Set<string>();
  entries.forEach((entry, index) => {
    if (entry.operation.op === "create" && verdicts[index] !== "taken") untaken.add(entry.state.id);
  });
  // Judged before anything is settled: settling changes who stands below whom.
  const isHeldUp = entries.map((entry) => untaken.size > 0 && standsOn(entry, untaken));
  entries.forEach((entry, index) => {
    const verdict = verdicts[index]!;
    if (entry.done) return;
    if (isHeldUp[index] ? verdict !== "taken" : isEarly(entry)) {
      backlog.again(entry);
    } else if (verdict === "taken" || isCompleteAlready(entry, verdict)) {
      backlog.taken(entry);
    } else if (verdict === "failed") {
      entry.unsure = true;
      againAfterFailure(sending, entry);
    } else {
      refuse(sending, entry, { statusCode: verdict.statusCode, detail: verdict.detail });
    }
  });
}

/** A completion with something of its trace before it that has to go out again. */
function isEarly(entry: Entry): boolean {
  if (entry.operation.op !== "complete") return false;
  for (const first of openEntries(entry.line)) return first !== entry;
  return false;
}

/** Whether the operation needs a log that was not taken. */
function standsOn(entry: Entry, untaken: ReadonlySet<string>): boolean {
  const { operation, line, state } = entry;
  if (operation.op === "complete") return false;
  if (operation.op === "update") return untaken.has(state.id);
  const parentId = nearestIn(line, state.parentId);
  const rootId = operation.log.rootId;
  return (
    (parentId !== undefined && untaken.has(parentId)) ||
    (rootId !== undefined && rootId !== state.id && untaken.has(rootId))
  );
}

function isCompleteAlready(entry: Entry, verdict: Verdict): boolean {
  return (
    entry.operation.op === "complete" && typeof verdict === "object" && verdict.statusCode === 409
  );
}

function readVerdict(answer: unknown, logId: string): Verdict {
  if (typeof answer !== "object" || answer === null) return "failed";
  const { id, status, detail } = answer as { id?: unknown; status?: unknown; detail?: unknown };
  if (typeof status === "number" && status >= 300) {
    if (classifyStatus(status) === "retryable") return "failed";
    const text = detailText({ detail });
    return { statusCode: status, ...(text !== undefined && { detail: text }) };
  }
  return id === logId ? "taken" : "failed";
}

function readAnswers(body: unknown): readonly unknown[] {
  const logs = typeof body === "object" && body !== null && "logs" in body ? body.logs : undefined;
  return Array.isArray(logs) ? logs : [];
}
