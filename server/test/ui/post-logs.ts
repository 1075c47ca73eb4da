import { fileOf } from "../../ui/tree-model.ts";
import type { LogResponse } from "../../ui/wire.ts";

/** Fields of an answer that a request does not have. */
const ANSWER_FIELDS: ReadonlySet<string> = new Set(["id", "trace_id", "trace_children"]);

/**
 * Sends a trace to a server log by log, parents first, with the ids it already has. What was read
 * from a server so becomes what a client would have sent.
 */
export async function postTrace(
  origin: string,
  log: LogResponse,
  parentId?: string,
): Promise<void> {
  const { type, file } = fileOf(log);
  const { path, version_id: _version, ...kernel } = file ?? {};
  const fields = Object.entries(log).filter(([field]) => !ANSWER_FIELDS.has(field));
  const body = {
    ...Object.fromEntries(fields),
    path,
    log_id: log.id,
    [type]: type === "flow" ? { attributes: {}, ...kernel } : kernel,
    trace_parent_id: parentId,
  };
  const response = await fetch(`${origin}/v5/${type}s/log`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${type}: ${response.status} ${await response.text()}`);
  for (const child of log.trace_children ?? []) await postTrace(origin, child, log.id);
}
