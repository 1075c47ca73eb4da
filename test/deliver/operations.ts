import { toJsonText } from "../../src/base/json-text.ts";
import type { LogDraft, LogType, Operation } from "../../src/base/log-types.ts";

/** A log draft; `parent` is its parent's draft, absent for a root or a log that is alone. */
export function draft(
  type: LogType,
  id: string,
  parent?: LogDraft,
  fields: Record<string, unknown> = {},
): LogDraft {
  const all = { path: `test/${type}`, source: id, ...fields };
  const texts = Object.entries(all).map(([name, value]) => [name, toJsonText(value)] as const);
  const rootId = parent ? parent.rootId : type === "flow" ? id : undefined;
  return {
    type,
    id,
    rootId,
    parentId: parent?.id,
    fields: Object.fromEntries(texts),
    query: {},
    ended: true,
    save: true,
  };
}

/** Metadata as the library writes it: by it a log is known again on the document wire. */
export function spanMetadata(spanId: string): Record<string, unknown> {
  return { metadata: { flowspan: { otel: { trace_id: "t", span_id: spanId } } } };
}

export function create(log: LogDraft): Operation {
  return { op: "create", log };
}

export function update(log: LogDraft, changed: readonly string[]): Operation {
  return { op: "update", log, changed };
}

export function complete(log: LogDraft): Operation {
  return { op: "complete", log };
}

/** A whole small trace: a flow, a prompt and a tool under it, a prompt under the tool. */
export function smallTrace(name: string, fields: Record<string, unknown> = {}): Operation[] {
  return traceOf(name, () => fields);
}

/** The same, each log with its span's ids, as the library writes it. */
export function spanTrace(name: string, fields: Record<string, unknown> = {}): Operation[] {
  return traceOf(name, (id) => ({ ...spanMetadata(id), ...fields }));
}

function traceOf(name: string, fieldsOf: (id: string) => Record<string, unknown>): Operation[] {
  const make = (type: LogType, part: string, parent?: LogDraft): LogDraft => {
    const id = `${name}_${part}`;
    return draft(type, id, parent, fieldsOf(id));
  };
  const root = make("flow", "root");
  const prompt = make("prompt", "prompt", root);
  const tool = make("tool", "tool", root);
  const inner = make("prompt", "inner", tool);
  return [create(root), create(prompt), create(tool), create(inner), complete(root)];
}
