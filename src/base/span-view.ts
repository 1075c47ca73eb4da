import type { RemoteParent } from "./remote-parent.ts";
import type { RecordedLog } from "./shared-state.ts";
import type { SpanReading } from "./span-reading.ts";

/** OTel's high-resolution time: seconds since the epoch, and nanoseconds. */
export type HrTime = readonly [seconds: number, nanos: number];

/**
 * One span as the pure rooms see it, whichever SDK or wire it came from. Never changed.
 */
export interface SpanView {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** True: the parent is in another process. `undefined`: this SDK does not say (1.x). */
  readonly parentIsRemote: boolean | undefined;
  readonly name: string;
  readonly startTime: HrTime;
  /** `undefined` while the span is open. */
  readonly endTime: HrTime | undefined;
  /** OTel's status code: 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly SpanEvent[];
  readonly scopeName: string;
  readonly resource: Readonly<Record<string, unknown>>;
  /** What our own wrappers recorded for this very span in this process. */
  readonly recorded: RecordedLog | undefined;
  /** Log records of GenAI instrumentations that name this span, in the order they came. */
  readonly logEvents?: readonly LogEvent[];
  /** Fields that `withLogContext` set when this span started. */
  readonly contextFields: RecordedLog["fields"] | undefined;
  /** The log in another process that a carrier brought this span under. */
  readonly remoteParent?: RemoteParent;
  /** True: by its end `save: false` had been said above it, if not when it started. */
  readonly unsaved?: boolean;
  /** What its dialect made of it, where that was read before. */
  readonly reading?: SpanReading;
}

/** An event on a span, as OTel has it. */
export interface SpanEvent {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** A log record that is an event of its span. */
export interface LogEvent extends SpanEvent {
  readonly body: unknown;
}

/**
 * A finished or open span of any OpenTelemetry JS SDK: 1.30, 2.x and 3.x all fit.
 * The SDKs' own types are no dependency here.
 */
export interface ReadableSpanLike {
  readonly name: string;
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
  /** SDK 2.x and 3.x. */
  readonly parentSpanContext?: { readonly spanId: string; readonly isRemote?: boolean };
  /** SDK 1.x. */
  readonly parentSpanId?: string;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly ended: boolean;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly SpanEvent[];
  /** SDK 2.x and 3.x. */
  readonly instrumentationScope?: { readonly name: string };
  /** SDK 1.x. */
  readonly instrumentationLibrary?: { readonly name: string };
  readonly resource: ResourceLike;
}

/** What made the spans, as the SDKs keep it. */
export interface ResourceLike {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Some attributes are still being found out. */
  readonly asyncAttributesPending?: boolean;
  /** SDK 2.x and 3.x: every attribute, those of which the value is awaited as promises. */
  getRawAttributes?(): [key: string, value: unknown][];
}
