import {
  type Context,
  context,
  defaultTextMapGetter,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import {
  BasicTracerProvider,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { currentLog, flow, prompt, tool } from "../../src/index.ts";
import type { FlowspanExporterOptions } from "../../src/otel/index.ts";
import { FlowspanExporter, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;
const ROOT = `log_${TRACE_ID}aaaaaaaaaaaaaaaa`;
const PARENT = `log_${TRACE_ID}00f067aa0ba902b7`;
const ENTRY = `flowspan.parent=${encodeURIComponent(`${ROOT}/00f067aa0ba902b7`)}`;

let sink: LogApiSink;

beforeEach(async () => {
  sink = await startLogApiSink({ batch: true });
});

afterEach(async () => {
  for (const api of [trace, context, propagation]) api.disable();
  await sink.close();
});

function begin(processor: SpanProcessor): BasicTracerProvider {
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return provider;
}

const W3C = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});

/** Handles a request as an HTTP server's instrumentation does: extracts, starts a span, goes on below. */
async function handle(
  headers: Record<string, unknown>,
  handler: () => unknown,
  refuse = (extracted: Context) => extracted,
): Promise<void> {
  const extracted = refuse(W3C.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
  const tracer = trace.getTracer("http");
  const span = tracer.startSpan("GET /order", { kind: SpanKind.SERVER }, extracted);
  await context.with(trace.setSpan(extracted, span), handler);
  span.end();
}

/** Each log's path with the trace and the parent it was sent under. */
function placed(): readonly (readonly unknown[])[] {
  return [...sink.logs.values()]
    .map(({ parentId, fields }) => [
      fields.path,
      fields.trace_id,
      sink.logs.get(parentId ?? "")?.fields.path ?? parentId,
    ])
    .sort();
}

type Create = (options: FlowspanExporterOptions) => SpanProcessor;

describe.each<[string, Create]>([
  ["FlowspanSpanProcessor", (options) => new FlowspanSpanProcessor(options)],
  [
    "FlowspanExporter",
    (options) => new SimpleSpanProcessor(new FlowspanExporter({ lateSpanMillis: 0, ...options })),
  ],
])("a request's trace behind %s", (_, create) => {
  it("goes on below the server's span, with no Flow made here and none but our own completed", async () => {
    const provider = begin(create({ url: sink.url }));

    await handle({ traceparent: TRACEPARENT, baggage: `a=1,${ENTRY}` }, async () => {
      await tool("look up", async () => prompt("ask", async () => "x")())();
      await tool("charge", async () => 1)();
      await flow("ship", async () => 1)();
    });
    await provider.shutdown();

    expect(placed()).toEqual([
      ["ask", ROOT, "look up"],
      ["charge", ROOT, PARENT],
      ["look up", ROOT, PARENT],
      ["ship", ROOT, PARENT],
    ]);
    const ship = [...sink.logs.values()].find(({ fields }) => fields.path === "ship");
    expect([...sink.completed]).toEqual([ship!.id]);
  });

  it("stores nothing where save: false was said before it", async () => {
    const provider = begin(create({ url: sink.url }));

    await handle({ traceparent: TRACEPARENT, baggage: `${ENTRY}%2Funsaved` }, () =>
      tool("step", (_secret: string) => "secret")("secret"),
    );
    await provider.shutdown();

    const [log] = [...sink.logs.values()];
    expect(log!.fields).toMatchObject({ path: "step", save: false });
    expect(JSON.stringify(log!.fields)).not.toContain("secret");
  });

  it("is one of its own where remote parents are not accepted", async () => {
    const provider = begin(create({ url: sink.url, acceptRemoteParent: false }));

    let ids = currentLog();
    await handle({ traceparent: TRACEPARENT, baggage: `${ENTRY}%2Funsaved` }, () =>
      flow("ship", (_input: string) => {
        ids = currentLog();
        return tool("step", () => "stored")();
      })("stored"),
    );
    await provider.shutdown();

    expect(ids.traceId).toBe(ids.id);
    expect(placed()).toEqual([
      ["ship", undefined, undefined],
      ["step", ids.id, "ship"],
    ]);
    expect(JSON.stringify([...sink.logs.values()])).toContain("stored");
    expect([...sink.completed]).toEqual([ids.id]);
  });

  it("is one of its own where a span only repeats the baggage that is not accepted", async () => {
    const provider = begin(create({ url: sink.url, acceptRemoteParent: false }));

    await handle({ traceparent: TRACEPARENT }, () => {
      const attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m",
        "flowspan.parent": `${ROOT}/00f067aa0ba902b7`,
      };
      trace.getTracer("sdk").startSpan("chat", { attributes }).end();
    });
    await provider.shutdown();

    expect([...sink.logs.values()].map(({ parentId }) => parentId)).toEqual([undefined]);
  });

  it("is one of its own for one request whose baggage was dropped", async () => {
    const provider = begin(create({ url: sink.url }));

    await handle(
      { traceparent: TRACEPARENT, baggage: ENTRY },
      flow("ship", async () => 1),
      propagation.deleteBaggage,
    );
    await provider.shutdown();

    expect(placed()).toEqual([["ship", undefined, undefined]]);
  });

  it.each<[string, string | string[]]>([
    ["another trace's log", ENTRY.replaceAll("0af7", "ffff")],
    [
      "ids in upper case",
      ENTRY.toUpperCase().replace("FLOWSPAN.PARENT=LOG_", "flowspan.parent=log_"),
    ],
    ["a broken percent sign", `${ENTRY}%`],
    ["half a percent sign", `${ENTRY.slice(0, -1)}%2`],
    ["more after the id", `${ENTRY}%2Fx`],
    ["a line feed", `${ENTRY}%0A`],
    ["an empty entry", "flowspan.parent="],
    ["a path", "flowspan.parent=..%2F..%2Fetc"],
    ["prototype keys", "__proto__=1,constructor=2,toString=3,hasOwnProperty=4"],
    ["an entry of 8 KB", `flowspan.parent=${"a".repeat(8_192)}`],
    ["thousands of entries before it", `${"a=1,".repeat(5_000)}${ENTRY}`],
    ["thousands of lists", Array(2_000).fill("x=y")],
    ["commas and equals signs alone", ",=,=;,".repeat(2_000)],
  ])("is one of its own for %s in the baggage", async (_title, baggage) => {
    const provider = begin(create({ url: sink.url }));
    await handle(
      { traceparent: TRACEPARENT, baggage },
      flow("ship", async () => 1),
    );
    await provider.shutdown();

    const [log] = [...sink.logs.values()];
    expect(placed()).toEqual([["ship", undefined, undefined]]);
    expect([...sink.completed]).toEqual([log!.id]);
  });

  it("hangs under the last of several entries, as baggage is read", async () => {
    const provider = begin(create({ url: sink.url }));
    const other = ENTRY.replace("00f067aa0ba902b7", "ffffffffffffffff");

    await handle(
      { traceparent: TRACEPARENT, baggage: `${other},${ENTRY}` },
      tool("step", () => 1),
    );
    await provider.shutdown();

    expect(placed()).toEqual([["step", ROOT, PARENT]]);
  });
});

describe("a request's trace behind FlowspanSpanProcessor", () => {
  it("takes spans of other libraries to their place, too", async () => {
    const provider = begin(new FlowspanSpanProcessor({ url: sink.url }));
    const attributes = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" };

    await handle({ traceparent: TRACEPARENT, baggage: ENTRY }, () => {
      for (const name of ["one", "two"]) {
        trace.getTracer("sdk").startSpan(name, { attributes }).end();
      }
    });
    await provider.shutdown();

    expect([...sink.logs.values()].map(({ parentId }) => parentId)).toEqual([PARENT, PARENT]);
  });

  it("is refused by all processors where one of them refuses", async () => {
    const refusing = new FlowspanSpanProcessor({ url: sink.url, acceptRemoteParent: false });
    const provider = begin(new FlowspanSpanProcessor({ url: sink.url }));

    await handle(
      { traceparent: TRACEPARENT, baggage: ENTRY },
      flow("ship", async () => 1),
    );
    await provider.shutdown();
    await refusing.shutdown();

    expect(placed()).toEqual([["ship", undefined, undefined]]);
  });
});
