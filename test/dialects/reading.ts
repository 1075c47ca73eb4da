import { DEFAULT_LIMITS } from "../../src/assemble/options.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { readSpan } from "../../src/dialects/index.ts";
import { span } from "../assemble/spans.ts";

/** One span's log as a test looks at it: what was read, its JSON texts parsed. */
export interface ReadLog {
  readonly type: string | undefined;
  readonly inference: boolean;
  readonly name: string | undefined;
  readonly operation: string | undefined;
  /** Body fields by wire name. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Parts of `metadata.flowspan`. */
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Reads a span of nothing but these attributes through all dialects. */
export function readLog(
  attributes: Readonly<Record<string, unknown>>,
  more: Partial<SpanView> = {},
): ReadLog {
  const reading = readSpan(span(1, undefined, { attributes, ...more }), DEFAULT_LIMITS);
  return {
    type: reading?.type,
    inference: reading?.inference ?? false,
    name: reading?.name,
    operation: reading?.operation,
    fields: parsed(reading?.fields ?? {}),
    meta: parsed(reading?.meta ?? {}),
  };
}

function parsed(texts: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, JSON.parse(text) as unknown]),
  );
}
