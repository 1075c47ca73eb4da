import type { HrTime, SpanView } from "../../../src/base/span-view.ts";

/** Plain values by name. */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * One span as it came by OTLP, in plain values that JSON can hold. It is kept as the text of this
 * object, so its names are part of what is stored.
 */
export interface ReceivedSpan {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** Whether the parent is in another process. Missing: the sender does not say. */
  readonly parentIsRemote?: boolean;
  readonly traceState?: string;
  readonly name: string;
  /** OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly start: HrTime;
  /** Missing while the span is open. */
  readonly end?: HrTime;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: Attributes;
  readonly events: readonly ReceivedEvent[];
  readonly links: readonly ReceivedLink[];
  readonly scope: { readonly name: string; readonly version?: string };
  readonly resource: Attributes;
}

/** Something that happened while a span was open. */
export interface ReceivedEvent {
  readonly name: string;
  readonly time: HrTime;
  readonly attributes: Attributes;
}

/** Another span that a span has to do with. */
export interface ReceivedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** The span as the pure rooms of the library see it. */
export function toSpanView(span: ReceivedSpan): SpanView {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    parentIsRemote: span.parentIsRemote,
    name: span.name,
    startTime: span.start,
    endTime: span.end,
    status: span.status,
    attributes: span.attributes,
    events: span.events,
    scopeName: span.scope.name,
    resource: span.resource,
    recorded: undefined,
    contextFields: undefined,
  };
}
