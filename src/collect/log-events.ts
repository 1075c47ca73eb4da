import type { LogEvent, SpanView } from "../base/span-view.ts";

/** Log records that wait for their span, in bytes of JSON text, about. */
const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;
const DEFAULT_MAX_EVENTS = 20_000;

/** One span's log records. */
interface Entry {
  readonly events: LogEvent[];
  bytes: number;
}

/**
 * Log records that are events of spans, until the spans' logs are made. Bounded in bytes and in
 * count: the span whose first record came longest ago loses all of its.
 */
export class LogEvents {
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  readonly #maxEvents: number;
  #bytes = 0;
  #events = 0;
  #dropped = 0;

  constructor(maxBytes: number = DEFAULT_MAX_BYTES, maxEvents: number = DEFAULT_MAX_EVENTS) {
    this.#maxBytes = maxBytes;
    this.#maxEvents = maxEvents;
  }

  /** Records that had no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param bytes what it takes in memory, about. */
  add(traceId: string, spanId: string, event: LogEvent, bytes: number): void {
    const key = traceId + spanId;
    const entry = this.#entries.get(key) ?? { events: [], bytes: 0 };
    this.#entries.set(key, entry);
    entry.events.push(event);
    entry.bytes += bytes;
    this.#bytes += bytes;
    this.#events++;
    for (const [oldest, { events }] of this.#entries) {
      if (this.#bytes <= this.#maxBytes && this.#events <= this.#maxEvents) break;
      this.#dropped += events.length;
      this.#delete(oldest);
    }
  }

  /** The span with its records, which stay here. */
  join(span: SpanView): SpanView {
    const entry = this.#entries.size === 0 ? undefined : this.#entries.get(keyOf(span));
    if (entry === undefined) return span;
    return { ...span, logEvents: [...(span.logEvents ?? []), ...entry.events] };
  }

  /** The spans with their records, which are let go where the span has ended. */
  take(spans: readonly SpanView[]): readonly SpanView[] {
    if (this.#entries.size === 0) return spans;
    return spans.map((span) => {
      const joined = this.join(span);
      if (span.endTime !== undefined) this.#delete(keyOf(span));
      return joined;
    });
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    this.#events -= entry.events.length;
  }
}

function keyOf({ traceId, spanId }: SpanView): string {
  return traceId + spanId;
}
