import type { Sending } from "./sending.ts";
import type { Entry } from "./trace-line.ts";
import { wireId } from "./trace-line.ts";

/** A log as the server has it. */
export interface FoundLog {
  readonly serverId: string;
  readonly fileId: string | undefined;
}

/**
 * Looks for a Prompt or Tool log whose create was sent and not answered: no `log_id` tells the
 * server that a second one is the same, so it is asked by `GET logs/{root}` before it is sent
 * again. The log is known by its span's ids, which stand in its metadata.
 *
 * `"later"`: the question was not answered. `undefined`: it is not there, or can't be looked for
 * (a log without a trace, a server without this call, a trace too large to read): sending it again
 * may then make it twice. So may a first request that is still on its way.
 */
export async function findAgain(
  sending: Sending,
  entry: Entry,
): Promise<FoundLog | "later" | undefined> {
  const { line, operation, state } = entry;
  const { rootId, fields } = operation.log;
  const spanKey = spanKeyOf(parse(fields.metadata));
  if (rootId === undefined || spanKey === undefined) return undefined;
  const root = encodeURIComponent(wireId(line, rootId));
  const result = await sending.send({ method: "GET", path: `logs/${root}` });
  if (result.status === "retryable") return "later";
  const log = result.status === "success" ? search(result.body, spanKey) : undefined;
  if (!log) return undefined;
  const file = property(log, state.type);
  const fileId = property(file, "id");
  return { serverId: log.id, fileId: typeof fileId === "string" ? fileId : undefined };
}

/** The log of that span, among everything below a log. */
function search(root: unknown, spanKey: string): { readonly id: string } | undefined {
  const open: unknown[] = [root];
  for (let log = open.pop(); log !== undefined; log = open.pop()) {
    const id = property(log, "id");
    if (typeof id === "string" && spanKeyOf(property(log, "metadata")) === spanKey)
      return { ...(log as object), id };
    const children = property(log, "trace_children");
    if (Array.isArray(children)) for (const child of children) open.push(child);
  }
  return undefined;
}

/** `<trace id> <span id>` of a log's metadata. */
function spanKeyOf(metadata: unknown): string | undefined {
  const otel = property(property(metadata, "flowspan"), "otel");
  const traceId = property(otel, "trace_id");
  const spanId = property(otel, "span_id");
  if (typeof traceId !== "string" || typeof spanId !== "string") return undefined;
  return `${traceId} ${spanId}`;
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
