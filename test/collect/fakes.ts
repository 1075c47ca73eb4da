import type { Operation, OperationSink } from "../../src/base/log-types.ts";
import { sharedState } from "../../src/base/shared-state.ts";
import type { ReadableSpanLike, SpanView } from "../../src/base/span-view.ts";
import type { Timers } from "../../src/collect/timers.ts";

/** A clock that stands still until it is told to go on. */
export class FakeTimers implements Timers {
  #now = 0;
  #runs = new Map<() => void, { intervalMillis: number; nextAt: number }>();

  now(): number {
    return this.#now;
  }

  every(intervalMillis: number, run: () => void): () => void {
    this.#runs.set(run, { intervalMillis, nextAt: this.#now + intervalMillis });
    return () => this.#runs.delete(run);
  }

  get running(): number {
    return this.#runs.size;
  }

  advance(millis: number): void {
    const end = this.#now + millis;
    for (;;) {
      const due = [...this.#runs].filter(([, timer]) => timer.nextAt <= end);
      const [first] = due.sort((left, right) => left[1].nextAt - right[1].nextAt);
      if (first === undefined) break;
      const [run, timer] = first;
      this.#now = timer.nextAt;
      timer.nextAt += timer.intervalMillis;
      run();
    }
    this.#now = end;
  }
}

/** Keeps what it was given. */
export class MemorySink implements OperationSink {
  readonly submissions: (readonly Operation[])[] = [];

  submit(operations: readonly Operation[]): void {
    this.submissions.push(operations);
  }

  get operations(): readonly Operation[] {
    return this.submissions.flat();
  }

  /** `create 0001`: the operation and the last digits of the log's id. */
  get lines(): readonly string[] {
    return this.operations.map(({ op, log }) => `${op} ${log.id.slice(-4)}`);
  }
}

/** A span as an SDK 2.x gives it; still open unless `ended`. */
export function sdkSpan(view: SpanView, ended = true): ReadableSpanLike & { ended: boolean } {
  const { traceId, spanId, parentSpanId } = view;
  const span = {
    name: view.name,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    parentSpanContext:
      parentSpanId === undefined
        ? undefined
        : { spanId: parentSpanId, ...(view.parentIsRemote && { isRemote: true }) },
    startTime: view.startTime,
    endTime: view.endTime ?? [0, 0],
    ended,
    status: view.status,
    attributes: view.attributes,
    events: view.events,
    instrumentationScope: { name: view.scopeName },
    resource: { attributes: view.resource },
  } as const;
  const state = sharedState();
  if (view.recorded !== undefined) state.recorded.set(span, view.recorded);
  if (view.contextFields !== undefined) state.contextFields.set(span, view.contextFields);
  if (view.remoteParent !== undefined) state.remoteParents.set(span, view.remoteParent);
  return span;
}
