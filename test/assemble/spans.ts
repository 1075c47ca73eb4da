import { type JsonText, toJsonText } from "../../src/base/json-text.ts";
import type { LogType, VersionQuery } from "../../src/base/log-types.ts";
import type { SpanView } from "../../src/base/span-view.ts";

export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

/** 16 hex digits from a small number. */
export function spanId(number: number): string {
  return number.toString(16).padStart(16, "0");
}

/** The log id of span `number`. */
export function logId(number: number): string {
  return `log_${TRACE_ID}${spanId(number)}`;
}

/** An ended span, one second long, that starts `number` milliseconds after a fixed time. */
export function span(
  number: number,
  parent: number | undefined,
  more: Partial<SpanView> = {},
): SpanView {
  return {
    traceId: TRACE_ID,
    spanId: spanId(number),
    parentSpanId: parent === undefined ? undefined : spanId(parent),
    parentIsRemote: parent === undefined ? undefined : false,
    name: `span ${number}`,
    startTime: [1_795_300_801, number * 1_000_000],
    endTime: [1_795_300_802, number * 1_000_000],
    status: { code: 0 },
    attributes: {},
    events: [],
    scopeName: "test",
    resource: { "service.name": "shop" },
    recorded: undefined,
    contextFields: undefined,
    ...more,
  };
}

/** A span of one of our wrappers; its path is `<type>/<number>` unless fields say otherwise. */
export function own(
  type: LogType,
  number: number,
  parent: number | undefined,
  fields: Readonly<Record<string, unknown>> = {},
  more: Partial<SpanView> & { readonly query?: VersionQuery } = {},
): SpanView {
  const { query = {}, ...view } = more;
  const texts = Object.entries({ path: `${type}/${number}`, ...fields })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, toJsonText(value)]);
  const recorded = {
    type,
    fields: Object.fromEntries(texts) as Record<string, JsonText>,
    query,
    meta: { outcome: toJsonText("ok") },
  };
  return span(number, parent, { recorded, ...view });
}

/** A span of another instrumentation, by the GenAI conventions. */
export function foreign(
  operation: string,
  number: number,
  parent: number | undefined,
  attributes: Readonly<Record<string, unknown>> = {},
  more: Partial<SpanView> = {},
): SpanView {
  return span(number, parent, {
    attributes: { "gen_ai.operation.name": operation, ...attributes },
    ...more,
  });
}

/** A request to a provider, as the fetch hook sees it. */
export function request(
  number: number,
  parent: number | undefined,
  fields: Readonly<Record<string, unknown>> = {},
  more: Partial<SpanView> = {},
  attributes: Readonly<Record<string, unknown>> = {},
): SpanView {
  const view = own("prompt", number, parent, { path: undefined, ...fields }, more);
  return {
    ...view,
    attributes: {
      "flowspan.type": "prompt",
      "flowspan.call": true,
      "gen_ai.operation.name": "chat",
      ...attributes,
    },
  };
}

/** A log's fields as values. */
export function values(log: { readonly fields: Readonly<Record<string, JsonText>> }): unknown {
  return Object.fromEntries(
    Object.entries(log.fields).map(([name, text]) => [name, JSON.parse(text) as unknown]),
  );
}
