import {
  type Baggage,
  type Context,
  context,
  defaultTextMapSetter,
  propagation,
  trace,
} from "@opentelemetry/api";
import { W3CBaggagePropagator } from "@opentelemetry/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { BAGGAGE_KEY, OPEN_LOG_KEY, SPAN_KEY } from "../../src/base/context-keys.ts";
import { sharedState } from "../../src/base/shared-state.ts";
import { currentLog, flow, prompt, resume, tool } from "../../src/index.ts";
import { InnerContext } from "../../src/record/inner-context.ts";
import { useRecording } from "./recording.ts";

const W3C = new W3CBaggagePropagator();

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const ROOT = `log_${TRACE_ID}b7ad6b7169203331`;
/** From a tool under the root, in another process. */
const GIVEN = {
  traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
  baggage: `flowspan.parent=${ROOT}/00f067aa0ba902b7,a=1`,
};

/** The header that an HTTP client's instrumentation would send from here. */
function injected(from: Context = context.active()): string | undefined {
  const headers: { baggage?: string } = {};
  W3C.inject(from, headers, defaultTextMapSetter);
  return headers.baggage && decodeURIComponent(headers.baggage);
}

/** The entry for what hangs under the innermost log. */
function entryHere(): string {
  const { id, traceId } = currentLog();
  return `flowspan.parent=${traceId}/${id.slice(-16)}`;
}

function baggageOf(entries: Record<string, string>): Baggage {
  return propagation.createBaggage(
    Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, { value }])),
  );
}

/** The spans at which traces were carried elsewhere, as processors are told. */
function watchLeaving(): readonly string[] {
  const left: string[] = [];
  const leave = (_traceId: string, spanId: string) => void left.push(spanId);
  sharedState().leaving.add(leave);
  onTestFinished(() => void sharedState().leaving.delete(leave));
  return left;
}

describe("baggage below our spans", () => {
  const recording = useRecording();

  it("names the innermost log to whoever is sent the trace", () => {
    const seen: [string | undefined, string][] = [];

    flow("root", () => {
      seen.push([injected(), entryHere()]);
      tool("step", () => seen.push([injected(), entryHere()]))();
      seen.push([injected(), entryHere()]);
    })();

    expect(seen.map(([sent]) => sent)).toEqual(seen.map(([, expected]) => expected));
    expect(new Set(seen.map(([sent]) => sent)).size).toBe(2);
  });

  it("names it below another library's span, such as an HTTP client's", () => {
    const [sent, expected] = flow("root", () =>
      trace.getTracer("http").startActiveSpan("GET", () => [injected(), entryHere()]),
    )();

    expect(sent).toBe(expected);
  });

  it("says that nothing is to be stored below", () => {
    const sent = flow({ path: "root", save: false }, () => tool("step", () => injected())())();

    expect(sent).toMatch(/\/unsaved$/);
  });

  it("keeps the program's own entries as they are", () => {
    const own = propagation.setBaggage(
      context.active(),
      baggageOf({ tenant: "a,b", __proto: "x" }),
    );

    const [sent, tenant] = context.with(own, () =>
      flow("root", () => [injected(), propagation.getActiveBaggage()?.getEntry("tenant")])(),
    );

    expect(sent).toMatch(/^tenant=a,b,__proto=x,flowspan\.parent=log_/);
    expect(tenant).toEqual({ value: "a,b" });
  });

  it("stays when the program sets its baggage anew, changes it or empties it", () => {
    const set = (change: (now: Baggage) => Baggage) => {
      const now = propagation.getActiveBaggage() as Baggage;
      return injected(propagation.setBaggage(context.active(), change(now)));
    };

    flow("root", () => {
      const entry = entryHere();
      expect(set(() => baggageOf({ a: "1" }))).toBe(`a=1,${entry}`);
      expect(set((now) => now.setEntry("b", { value: "2" }))).toBe(`b=2,${entry}`);
      expect(set((now) => now.removeEntries("x", "y"))).toBe(entry);
      expect(set((now) => now.clear())).toBe(entry);
      expect(injected(context.active().setValue(Symbol("theirs"), 1))).toBe(entry);
    })();
  });

  it("names nothing where the program deleted its baggage, nor from calls below", () => {
    const sent = flow("root", () =>
      context.with(propagation.deleteBaggage(context.active()), () => [
        injected(),
        tool("step", () => injected())(),
        propagation.getActiveBaggage(),
      ]),
    )();

    expect(sent).toEqual([undefined, undefined, undefined]);
  });

  it("names nothing where no Flow of ours is open, nor below a span of another trace", () => {
    const alone = prompt("alone", () => injected())();
    const other = flow("root", () =>
      trace.getTracer("cron").startActiveSpan("job", { root: true }, () => injected()),
    )();

    expect([alone, other]).toEqual([undefined, undefined]);
  });

  it("does not hand on what another process sent once a log of ours is open", () => {
    const [between, inside] = resume(GIVEN, () => [injected(), tool("step", () => injected())()]);

    const { spanId } = recording.span("step").spanContext();
    expect(between).toBe(GIVEN.baggage);
    expect(inside).toBe(`a=1,flowspan.parent=${ROOT}/${spanId}`);
  });

  it("tells that the trace leaves when all entries are asked for, and not before", () => {
    const left = watchLeaving();

    const spanId = flow("root", () => {
      const baggage = propagation.getActiveBaggage();
      baggage?.getEntry("tenant");
      expect(left).toEqual([]);
      return trace.getTracer("http").startActiveSpan("GET", (span) => {
        injected();
        return span.spanContext().spanId;
      });
    })();
    prompt("alone", () => injected())();

    expect(left).toEqual([spanId]);
  });

  it("is found with every other value however deep the calls are", () => {
    const key = Symbol("theirs");
    let depth = 0;
    let deepest: unknown;
    const down = tool("down", (): void => {
      if (++depth < 300) down();
      else deepest = [context.active().getValue(key), injected(), entryHere()];
    });

    const theirs = context.active().setValue(key, "kept");
    context.with(theirs, () => flow("root", down)());

    const [value, sent, expected] = deepest as unknown[];
    expect(value).toBe("kept");
    expect(sent).toBe(expected);
  });
});

describe("the context below our spans", () => {
  useRecording();

  it("knows the keys that OTel's API uses", () => {
    const used: symbol[] = [];
    const probe = { setValue: (key: symbol) => used.push(key) } as never;

    trace.setSpan(probe, undefined as never);
    propagation.setBaggage(probe, undefined as never);

    expect(used).toEqual([SPAN_KEY, BAGGAGE_KEY]);
  });

  it("gives, sets and deletes values like OTel's own, leaving the one it came from alone", () => {
    const key = Symbol("theirs");

    flow("root", () => {
      const active = context.active();
      const span = trace.getSpan(active);
      const changed = active.setValue(key, 1);
      const other = trace.setSpan(changed, trace.wrapSpanContext(span!.spanContext()));
      const without = trace.deleteSpan(other);

      expect([active, changed, other, without].map((each) => each.getValue(key))).toEqual([
        undefined,
        1,
        1,
        1,
      ]);
      expect(changed.deleteValue(key).getValue(key)).toBeUndefined();
      expect(trace.getSpan(changed)).toBe(span);
      expect(trace.getSpan(other)).not.toBe(span);
      expect(trace.getSpan(without)).toBeUndefined();
      expect(injected(without)).toBeUndefined();
    })();
  });

  it("looks nothing up through the contexts of the calls above", () => {
    const key = Symbol("theirs");

    flow("root", () => {
      const [span, log] = [trace.getActiveSpan(), context.active().getValue(OPEN_LOG_KEY)];
      let inner = context.active().setValue(key, 1);
      // As many, one on another, would overflow the stack.
      for (let depth = 0; depth < 100_000; depth++) inner = new InnerContext(inner, span, log);

      expect(inner.getValue(key)).toBe(1);
      expect(injected(inner)).toBe(entryHere());
    })();
  });

  it("leaves a call that was made without a span on top a trace of its own", () => {
    const [outer, inner] = flow("root", () => [
      currentLog(),
      context.with(trace.deleteSpan(context.active()), () => flow("inner", currentLog)()),
    ])();

    expect(inner?.traceId).toBe(inner?.id);
    expect(inner?.traceId).not.toBe(outer?.traceId);
  });
});

describe("baggage where the sampler left a call out", () => {
  useRecording({
    shouldSample: () => ({ decision: 0 }),
    toString: () => "none",
  });

  it("names nothing, and takes away what another process sent", () => {
    const sent = flow("root", () => injected())();
    const below = resume(GIVEN, () => flow("root", () => injected())());

    expect([sent, below]).toEqual([undefined, "a=1"]);
  });
});
