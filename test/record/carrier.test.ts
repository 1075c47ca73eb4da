import type { IncomingHttpHeaders } from "node:http";
import {
  context,
  createTraceState,
  defaultTextMapGetter,
  diag,
  propagation,
  ROOT_CONTEXT,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { type Carrier, carrier, currentLog, flow, record, resume, tool } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

const W3C = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
const PARENT = `flowspan.parent=log_${TRACE_ID}${SPAN_ID}/${SPAN_ID}`;

describe("carrier()", () => {
  const recording = useRecording();

  it("is empty outside of every span", () => {
    expect(carrier()).toEqual({});
  });

  it("names the span, the root's log and the nearest log, in plain strings", () => {
    const [taken, ids] = flow("root", () => tool("step", () => [carrier(), currentLog()])())();

    const { traceId, spanId } = recording.span("step").spanContext();
    expect(taken).toEqual({
      traceparent: `00-${traceId}-${spanId}-01`,
      baggage: `flowspan.parent=${(ids as { traceId: string }).traceId}/${spanId}`,
    });
    expect(JSON.parse(JSON.stringify(taken))).toEqual(taken);
    expect(structuredClone(taken)).toEqual(taken);
  });

  it("names the nearest log where a span without one is in between", () => {
    const taken = flow("root", () =>
      trace.getTracer("db").startActiveSpan("query", () => carrier()),
    )();

    const { spanId } = recording.span("root").spanContext();
    expect(taken.baggage).toMatch(new RegExp(`/${spanId}$`));
    expect(taken.traceparent).not.toContain(spanId);
  });

  it("names no log where no Flow of ours is open", () => {
    const outside = trace.getTracer("http").startActiveSpan("GET", () => carrier());
    const inTool = tool("alone", () => carrier())();

    expect(Object.keys(outside)).toEqual(["traceparent"]);
    expect(Object.keys(inTool)).toEqual(["traceparent"]);
  });

  it("names no log of another trace that happens to be open", () => {
    const taken = flow("root", () =>
      trace.getTracer("cron").startActiveSpan("job", { root: true }, () => carrier()),
    )();

    expect(Object.keys(taken)).toEqual(["traceparent"]);
  });

  it("takes the program's own baggage and tracestate along, and OTel's propagators read it", () => {
    const own = propagation.createBaggage({
      tenant: { value: "a,b;c=ü" },
      "key two": { value: "2" },
    });
    const span = {
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      traceFlags: TraceFlags.SAMPLED,
      traceState: createTraceState("vendor=1"),
    };
    const active = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, span), own);

    const taken = context.with(active, carrier);
    const read = W3C.extract(ROOT_CONTEXT, taken, defaultTextMapGetter);

    expect(taken.tracestate).toBe("vendor=1");
    expect(trace.getSpanContext(read)).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID });
    const entries = propagation.getBaggage(read)?.getAllEntries();
    expect(entries).toEqual([
      ["tenant", { value: "a,b;c=ü" }],
      ["key two", { value: "2" }],
    ]);
  });

  it("is passed on unchanged where a resumed context makes no span of its own", () => {
    const given = { traceparent: TRACEPARENT, tracestate: "v=1", baggage: `${PARENT},tenant=t` };

    expect(resume(given, carrier)).toEqual(given);
  });
});

describe("resume()", () => {
  const recording = useRecording();

  it("puts spans under the carrier's span, in fn and what it awaits, and nowhere else", async () => {
    const step = tool("step", async () => "done");
    const given = { traceparent: TRACEPARENT };

    const result = await resume(given, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return step();
    });
    flow("outside", () => {})();

    expect(result).toBe("done");
    expect(recording.span("step").spanContext().traceId).toBe(TRACE_ID);
    expect(recording.span("step").parentSpanContext).toMatchObject({
      spanId: SPAN_ID,
      isRemote: true,
    });
    expect(recording.span("outside").parentSpanContext).toBeUndefined();
  });

  it("returns and throws what fn does, at once where fn is synchronous", () => {
    const error = new Error("no");

    expect(resume({ traceparent: TRACEPARENT }, () => 5)).toBe(5);
    expect(() =>
      resume({ traceparent: TRACEPARENT }, () => {
        throw error;
      }),
    ).toThrow(error);
    expectTypeOf(resume({}, async () => 1)).resolves.toEqualTypeOf<number>();
  });

  it("takes a request's headers", () => {
    const headers: IncomingHttpHeaders = { host: "x", traceparent: TRACEPARENT, baggage: PARENT };
    const listed = { traceparent: [TRACEPARENT], baggage: ["a=1", PARENT] };

    const ids = [headers, listed].map((given) => resume(given, currentLog));

    const id = `log_${TRACE_ID}${SPAN_ID}`;
    expect(ids).toMatchObject([{ id }, { id }]);
  });

  it("tells currentLog() the log that it is under, and record() adds nothing to it", () => {
    const ids = resume({ traceparent: TRACEPARENT, baggage: PARENT }, () => {
      record({ user: "u" });
      return [currentLog(), flow("inner", currentLog)()];
    });

    const root = `log_${TRACE_ID}${SPAN_ID}`;
    const { spanId } = recording.span("inner").spanContext();
    expect(ids).toMatchObject([
      { id: root, traceId: root },
      { id: `log_${TRACE_ID}${spanId}`, traceId: root },
    ]);
  });

  it("notes the log above on our outermost spans only, for those who see spans alone", () => {
    resume(
      { traceparent: TRACEPARENT, baggage: PARENT },
      flow(
        "outer",
        tool("inner", () => {}),
      ),
    );

    const text = PARENT.split("=")[1];
    expect(recording.span("outer").attributes["flowspan.parent"]).toBe(text);
    expect(recording.span("inner").attributes).not.toHaveProperty("flowspan.parent");
  });

  it("gives fn the carrier's baggage in the place of the caller's", () => {
    const caller = propagation.setBaggage(
      context.active(),
      propagation.createBaggage({ tenant: { value: "mine" } }),
    );
    const read = (given: Carrier) =>
      context.with(caller, () =>
        resume(given, () => propagation.getActiveBaggage()?.getAllEntries()),
      );

    const entries = read({
      traceparent: TRACEPARENT,
      baggage: "a=%C3%BC;p=1, b = 2 ,broken,=x,bad=%,__proto__=3",
    });

    expect(entries?.map(([key, { value }]) => [key, value])).toEqual([
      ["a", "ü"],
      ["b", "2"],
      ["__proto__", "3"],
    ]);
    expect(String(entries?.[0]?.[1].metadata)).toBe("p=1");
    expect(read({ traceparent: TRACEPARENT })).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["nothing", undefined],
    ["an empty one", {}],
    ["a number", 5],
    ["a text", TRACEPARENT],
    ["a number for a traceparent", { traceparent: 5 }],
    ["a symbol for a traceparent", { traceparent: Symbol("x") }],
    ["null for a traceparent", { traceparent: null }],
    ["garbage", { traceparent: "garbage" }],
    ["zeros for ids", { traceparent: `00-${"0".repeat(32)}-${SPAN_ID}-01` }],
    ["version ff", { traceparent: `ff${TRACEPARENT.slice(2)}` }],
    ["more than version 00 has", { traceparent: `${TRACEPARENT}-more` }],
    ["upper case", { traceparent: TRACEPARENT.toUpperCase() }],
    [
      "a getter that throws",
      {
        get traceparent() {
          throw new Error("no");
        },
      },
    ],
    ["a revoked proxy", revoked()],
  ])("runs fn as without for %s", (_, broken) => {
    const inner = flow("outer", () => resume(broken as Carrier, () => tool("inner", currentLog)()));

    const { traceId } = inner();

    const outer = recording.span("outer").spanContext();
    expect(recording.span("inner").parentSpanContext?.spanId).toBe(outer.spanId);
    expect(traceId).toBe(`log_${outer.traceId}${outer.spanId}`);
  });

  it.each<[string, Carrier]>([
    ["another trace's log", { baggage: PARENT.replace("0af", "fff") }],
    ["no log", { baggage: "flowspan.parent=nonsense" }],
    ["a log's id with more to it", { baggage: `${PARENT}/x` }],
    ["a number for baggage", { baggage: 7 as never }],
    ["a number for tracestate", { tracestate: 7 as never }],
  ])("resumes the trace without a log above for %s", (_, rest) => {
    const ids = resume({ traceparent: TRACEPARENT, ...rest }, () => flow("inner", currentLog)());

    expect(recording.span("inner").spanContext().traceId).toBe(TRACE_ID);
    expect(ids.traceId).toBe(ids.id);
    expect(carrier()).toEqual({});
  });

  it("says what is wrong with a broken carrier through diag, and nothing for an empty one", () => {
    const warn = vi.fn();
    const silent = () => {};
    diag.setLogger({ warn, error: warn, info: silent, debug: silent, verbose: silent });

    resume(null, () => {});
    resume({}, () => {});
    expect(warn).not.toHaveBeenCalled();
    resume({ traceparent: "secret" }, () => {});
    diag.disable();

    expect(warn).toHaveBeenCalledOnce();
    expect(String(warn.mock.calls)).toContain("resume()");
    expect(String(warn.mock.calls)).not.toContain("secret");
  });

  it("reads a later version of traceparent, and what OTel's own propagators write", () => {
    const written: Record<string, string> = {};
    flow("root", () => W3C.inject(context.active(), written, { set: (to, k, v) => (to[k] = v) }))();

    resume(
      written,
      tool("one", () => {}),
    );
    resume(
      { traceparent: `01${TRACEPARENT.slice(2)}-more` },
      tool("two", () => {}),
    );

    expect(recording.span("one").parentSpanContext?.spanId).toBe(
      recording.span("root").spanContext().spanId,
    );
    expect(recording.span("two").parentSpanContext?.spanId).toBe(SPAN_ID);
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
