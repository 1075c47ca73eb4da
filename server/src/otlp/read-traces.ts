import type { HrTime } from "../../../src/base/span-view.ts";
import { readKeyValues } from "./any-value.ts";
import { readSpanId, readTraceId } from "./ids.ts";
import {
  asInteger,
  asMessage,
  enumOf,
  fieldOf,
  listOf,
  type Message,
  textOf,
} from "./json-shape.ts";
import type { Attributes, ReceivedEvent, ReceivedLink, ReceivedSpan } from "./received-span.ts";

/** What a request holds. */
export interface ReceivedTraces {
  readonly spans: readonly ReceivedSpan[];
  /** How many were left out, and why the first of them was. */
  readonly rejected: number;
  readonly reason: string;
}

/**
 * Reads an `ExportTraceServiceRequest`, as OTLP/JSON has it or `decodeTraces` gives it.
 * `undefined` where it is no object with a list of resource spans.
 *
 * Guarantees: what is wrong in one span, scope or resource keeps nothing else out; names that
 * nobody knows are passed over; no value of the request stands in the reason.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
 */
export function readTraces(request: unknown): ReceivedTraces | undefined {
  const message = asMessage(request);
  const resourceSpans = message && listOf(message, "resourceSpans");
  if (resourceSpans === undefined) return undefined;

  const spans: ReceivedSpan[] = [];
  const reasons: string[] = [];
  for (const each of resourceSpans) {
    const group = asMessage(each);
    const scopes = group && scopesOf(group);
    if (group === undefined || scopes === undefined) {
      reasons.push("resource spans: expected an object with scope spans");
      continue;
    }
    const resource = readKeyValues(asMessage(fieldOf(group, "resource")) ?? {}, "attributes");
    for (const scopeSpans of scopes) {
      const scoped = asMessage(scopeSpans);
      const list = scoped && listOf(scoped, "spans");
      if (scoped === undefined || list === undefined) {
        reasons.push("scope spans: expected an object with spans");
        continue;
      }
      const scope = readScope(scoped);
      for (const span of list) {
        const read = readSpan(asMessage(span), scope, resource);
        if (typeof read === "string") reasons.push(read);
        else spans.push(read);
      }
    }
  }
  return { spans, rejected: reasons.length, reason: reasons[0] ?? "" };
}

/** The second name is what the field was called until OTLP 0.15. */
function scopesOf(group: Message): readonly unknown[] | undefined {
  const scopes = listOf(group, "scopeSpans");
  return scopes?.length === 0 ? listOf(group, "instrumentationLibrarySpans") : scopes;
}

function readScope(scoped: Message): ReceivedSpan["scope"] {
  const scope = asMessage(fieldOf(scoped, "scope") ?? fieldOf(scoped, "instrumentationLibrary"));
  const version = scope && textOf(scope, "version");
  return { name: scope ? textOf(scope, "name") : "", ...(version && { version }) };
}

/** The span, or why there is none. */
function readSpan(
  span: Message | undefined,
  scope: ReceivedSpan["scope"],
  resource: Attributes,
): ReceivedSpan | string {
  if (span === undefined) return "span: expected an object";
  const traceId = readTraceId(fieldOf(span, "traceId"));
  if (traceId === undefined) return "trace id: expected 16 bytes, not all zero";
  const spanId = readSpanId(fieldOf(span, "spanId"));
  if (spanId === undefined) return "span id: expected 8 bytes, not all zero";
  const end = readTime(fieldOf(span, "endTimeUnixNano"));
  const start = readTime(fieldOf(span, "startTimeUnixNano")) ?? end;
  if (start === undefined) return "span times: expected nanoseconds since 1970";
  const parentSpanId = readSpanId(fieldOf(span, "parentSpanId"));
  const traceState = textOf(span, "traceState");
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && parentSpanId !== spanId && { parentSpanId }),
    ...readRemote(fieldOf(span, "flags")),
    ...(traceState && { traceState }),
    name: textOf(span, "name"),
    kind: enumOf(fieldOf(span, "kind"), "SPAN_KIND_", KINDS),
    start,
    ...(end && { end }),
    status: readStatus(asMessage(fieldOf(span, "status"))),
    attributes: readKeyValues(span, "attributes"),
    events: readEvents(span),
    links: readLinks(span),
    scope,
    resource,
  };
}

const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"] as const;
const CODES = ["UNSET", "OK", "ERROR"] as const;

// `SpanFlags` of OTLP: whether it is told that the parent is remote, and whether it is.
const HAS_IS_REMOTE = 0x100n;
const IS_REMOTE = 0x200n;

function readRemote(flags: unknown): Pick<ReceivedSpan, "parentIsRemote"> {
  const bits = asInteger(flags) ?? 0n;
  return (bits & HAS_IS_REMOTE) === 0n ? {} : { parentIsRemote: (bits & IS_REMOTE) !== 0n };
}

function readStatus(status: Message | undefined): ReceivedSpan["status"] {
  if (status === undefined) return { code: 0 };
  const message = textOf(status, "message");
  return {
    code: enumOf(fieldOf(status, "code"), "STATUS_CODE_", CODES),
    ...(message && { message }),
  };
}

function readEvents(span: Message): readonly ReceivedEvent[] {
  return messagesOf(span, "events").map((event) => ({
    name: textOf(event, "name"),
    time: readTime(fieldOf(event, "timeUnixNano")) ?? [0, 0],
    attributes: readKeyValues(event, "attributes"),
  }));
}

/** A link to nothing is left out. */
function readLinks(span: Message): readonly ReceivedLink[] {
  return messagesOf(span, "links").flatMap((link) => {
    const traceId = readTraceId(fieldOf(link, "traceId"));
    const spanId = readSpanId(fieldOf(link, "spanId"));
    if (traceId === undefined || spanId === undefined) return [];
    return [{ traceId, spanId, attributes: readKeyValues(link, "attributes") }];
  });
}

function messagesOf(message: Message, name: string): readonly Message[] {
  return (listOf(message, name) ?? []).map(asMessage).filter((each) => each !== undefined);
}

const NANOS_PER_SECOND = 1_000_000_000n;
/** A later time than 64 bits hold is none. */
const MAX_NANOS = 2n ** 64n;

/** Nanoseconds since 1970; 0 is how protobuf says nothing. */
function readTime(value: unknown): HrTime | undefined {
  const nanos = asInteger(value);
  if (nanos === undefined || nanos <= 0n || nanos >= MAX_NANOS) return undefined;
  return [Number(nanos / NANOS_PER_SECOND), Number(nanos % NANOS_PER_SECOND)];
}
