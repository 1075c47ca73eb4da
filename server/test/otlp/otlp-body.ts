import type { Json } from "../http/test-server.ts";

/** A span as OTLP/JSON has it. */
export type OtlpSpan = Json & { traceId: string; spanId: string; parentSpanId?: string };

/** A span with its resource and scope, which it shares with others in a request. */
export interface PlacedSpan {
  readonly resource: Json;
  readonly scope: Json;
  readonly span: OtlpSpan;
}

/** Attributes as OTLP/JSON has them. */
export function attributesOf(attributes: Json): Json[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): Json {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === "object" && value !== null) {
    return { kvlistValue: { values: attributesOf(value as Json) } };
  }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** When the tests' spans start, in milliseconds since 1970. */
const SPAN_START = 1_767_323_045_000;

/** A span that starts and ends so many milliseconds after `SPAN_START`. */
export function otlpSpan(
  traceId: string,
  spanId: string,
  more: { parent?: string; name?: string; start?: number; end?: number; attributes?: Json } = {},
): OtlpSpan {
  const { parent, name = "span", start = 0, end = start + 10, attributes = {} } = more;
  return {
    traceId,
    spanId,
    ...(parent && { parentSpanId: parent }),
    name,
    kind: 1,
    startTimeUnixNano: `${SPAN_START + start}000000`,
    endTimeUnixNano: `${SPAN_START + end}000000`,
    attributes: attributesOf(attributes),
  };
}

/** One request's body. */
export function otlpBody(spans: readonly PlacedSpan[] | readonly OtlpSpan[]): Json {
  const placed = spans.map((each) =>
    "span" in each
      ? (each as PlacedSpan)
      : { resource: RESOURCE, scope: { name: "test" }, span: each },
  );
  return {
    resourceSpans: placed.map(({ resource, scope, span }) => ({
      resource,
      scopeSpans: [{ scope, spans: [span] }],
    })),
  };
}

const RESOURCE = { attributes: attributesOf({ "service.name": "test-service" }) };

/** Every span of a request's body. */
export function spansIn(body: Json): PlacedSpan[] {
  const resources = body.resourceSpans as { resource: Json; scopeSpans: unknown[] }[];
  return resources.flatMap(({ resource, scopeSpans }) =>
    (scopeSpans as { scope: Json; spans: OtlpSpan[] }[]).flatMap(({ scope, spans }) =>
      spans.map((span) => ({ resource, scope, span })),
    ),
  );
}

/** The numbers in turn, the same for the same seed. */
export function seededShuffle<T>(values: readonly T[], seed: number): T[] {
  const shuffled = [...values];
  let state = seed + 1;
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}

/** The values in up to `parts` lists, put there by chance, the same for the same seed. */
export function seededSplit<T>(values: readonly T[], parts: number, seed: number): T[][] {
  const lists: T[][] = Array.from({ length: parts }, () => []);
  seededShuffle(values, seed).forEach((value, index) => {
    lists[(index * 7 + seed) % parts]?.push(value);
  });
  return lists.filter((list) => list.length > 0);
}
