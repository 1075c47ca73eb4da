import { describe, expect, it } from "vitest";
import type { LogEvent } from "../../src/base/span-view.ts";
import { LogEvents } from "../../src/collect/log-events.ts";
import { readSpanRecord } from "../../src/collect/span-record.ts";
import { TraceCollector } from "../../src/collect/trace-collector.ts";
import { foreign, span, spanId, TRACE_ID } from "../assemble/spans.ts";
import { MemorySink, sdkSpan } from "./fakes.ts";

const said = (content: string): LogEvent => ({ name: "gen_ai.user.message", body: { content } });

describe("log records that wait for their spans", () => {
  it("are let go with their span's end, and not before", () => {
    const events = new LogEvents();
    const open = span(1, undefined, { endTime: undefined });
    events.add(TRACE_ID, spanId(1), said("a"), 10);

    const [first] = events.take([open]);
    const [second] = events.take([span(1, undefined)]);
    const [third] = events.take([span(1, undefined)]);

    expect(first?.logEvents).toEqual([said("a")]);
    expect(second?.logEvents).toEqual([said("a")]);
    expect(third?.logEvents).toBeUndefined();
  });

  it("of the oldest span are dropped when there is no room", () => {
    const events = new LogEvents(100, 3);

    events.add(TRACE_ID, spanId(1), said("a"), 40);
    events.add(TRACE_ID, spanId(1), said("b"), 40);
    events.add(TRACE_ID, spanId(2), said("c"), 40);
    for (const content of ["d", "e"]) events.add(TRACE_ID, spanId(3), said(content), 1);
    events.add(TRACE_ID, spanId(4), said("f"), 1);

    expect(events.dropped).toBe(3);
    expect(events.join(span(1, undefined)).logEvents).toBeUndefined();
    expect(events.join(span(2, undefined)).logEvents).toBeUndefined();
    expect(events.join(span(3, undefined)).logEvents).toEqual([said("d"), said("e")]);
    expect(events.join(span(4, undefined)).logEvents).toEqual([said("f")]);
  });

  it("larger than all the room are dropped themselves", () => {
    const events = new LogEvents(100);

    events.add(TRACE_ID, spanId(1), said("a"), 101);

    expect(events.dropped).toBe(1);
    expect(events.join(span(1, undefined)).logEvents).toBeUndefined();
  });
});

describe("a journal", () => {
  it("holds the records of a span that came before its end, and those that came after", () => {
    const lines: string[] = [];
    const collector = new TraceCollector({
      sink: new MemorySink(),
      seesStarts: true,
      openTraceMillis: 60_000,
      lateSpanMillis: 1_000,
      journal: { append: (_, text) => lines.push(text), hold: () => {}, release: () => {} },
    });
    for (const view of [span(1, undefined), foreign("chat", 2, 1)]) {
      collector.spanStarted(sdkSpan(view, false));
    }

    collector.logRecorded(TRACE_ID, spanId(2), said("before"), 10);
    collector.spanEnded(sdkSpan(foreign("chat", 2, 1)));
    collector.logRecorded(TRACE_ID, spanId(2), said("after"), 10);

    const written = lines
      .map((line) => readSpanRecord(JSON.parse(line)))
      .filter((view) => view?.spanId === spanId(2))
      .map((view) => JSON.parse(view?.reading?.fields.messages ?? "null") as unknown);
    expect(written).toEqual([
      [{ role: "user", content: "before" }],
      [
        { role: "user", content: "before" },
        { role: "user", content: "after" },
      ],
    ]);
    collector.shutdown();
  });
});
