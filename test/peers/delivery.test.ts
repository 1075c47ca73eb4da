import { context, diag, trace } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { type StartOptions, start, type Tracing } from "../../src/node/index.ts";
import { type LogApiSink, type SinkOptions, startLogApiSink } from "../log-api-sink.ts";

describe("sending", () => {
  let sink: LogApiSink;
  let tracing: Tracing;

  afterEach(async () => {
    await tracing.shutdown();
    await sink.close();
    trace.disable();
    context.disable();
    diag.disable();
  });

  async function begin(options: Partial<SinkOptions>, more: StartOptions = {}): Promise<void> {
    sink = await startLogApiSink({ batch: true, ...options });
    tracing = start({ url: sink.url, flushTimeoutMillis: 5_000, ...more });
    diag.setLogger({ ...SILENT }, { suppressOverrideMessage: true });
  }

  const step = tool("step", async (n: number) => n);
  const many = flow("many", (count: number) =>
    Promise.all(Array.from({ length: count }, (_, n) => step(n))),
  );

  it("takes 3,000 spans that end at once, drops none and knows every parent", async () => {
    await begin({});

    await Promise.all([many(2_999), ...Array.from({ length: 8 }, () => many(10))]);
    const stats = await tracing.flush();
    expect(stats).toMatchObject({ recorded: 3_088, sent: 3_088, pending: 0, dropped: {} });
    const logs = [...sink.logs.values()];
    const roots = logs.filter(({ type }) => type === "flow");
    const below = roots.map(({ id }) => logs.filter(({ parentId }) => parentId === id).length);
    expect(below.sort((left, right) => right - left)).toEqual([2_999, ...Array(8).fill(10)]);
    expect(sink.completed.size).toBe(9);
  });

  it("says in flush() what has not arrived, and keeps it for the next one", async () => {
    let isAway = true;
    await begin(
      { fault: () => (isAway ? { status: 503 } : undefined) },
      { flushTimeoutMillis: 300 },
    );

    await many(2);
    expect(await tracing.flush()).toMatchObject({ recorded: 3, sent: 0, pending: 3, dropped: {} });
    isAway = false;
    await expect
      .poll(() => tracing.flush(), { timeout: 10_000 })
      .toMatchObject({ sent: 3, pending: 0 });
    expect(sink.logs.size).toBe(3);
  });

  it("says in flush() what was refused for good", async () => {
    await begin({
      entryFault: ({ type }) => (type === "tool" ? { status: 422, detail: "no" } : undefined),
    });

    await many(2);
    expect(await tracing.flush()).toMatchObject({
      recorded: 3,
      sent: 1,
      pending: 0,
      dropped: { "refused-422": 2 },
    });
  });

  it("has every span that ended before flush() was called, and of an open flow its ended children", async () => {
    await begin({});
    let end = (): void => {};
    const running = flow("running", async () => {
      await step(1);
      await new Promise<void>((resolve) => {
        end = resolve;
      });
    })();

    await many(1);
    expect(await tracing.flush()).toMatchObject({ sent: 4, pending: 0 });
    expect(sink.completed.size).toBe(1);
    end();
    await running;
    await tracing.shutdown();
    expect(sink.completed.size).toBe(2);
  });

  it("cuts one field of 20 MB to the cap, says so, and sends its neighbours whole", async () => {
    await begin({});
    const read = tool("read", async (name: string) => (name === "big" ? "x".repeat(2e7) : name));

    await flow("agent", () => Promise.all([read("small"), read("big"), read("other")]))();
    expect(await tracing.flush()).toMatchObject({ recorded: 4, sent: 4, dropped: {} });
    const logs = [...sink.logs.values()].filter(({ type }) => type === "tool");
    const output = (name: string) =>
      logs.find(({ fields }) => (fields.inputs as { name: string }).name === name)!.fields;
    expect([output("small").output, output("other").output]).toEqual(["small", "other"]);
    const { output: big, metadata } = output("big");
    // The cap, and the marker that tells the full size.
    expect(Buffer.byteLength(String(big))).toBeLessThan(1024 * 1024 + 100);
    const { truncated } = (metadata as { flowspan: { truncated: { output: number } } }).flowspan;
    // The size of its JSON text: the string and two quotes.
    expect(truncated).toEqual({ output: 20_000_002 });
  });

  it("splits a batch that the server finds too large, and loses at most the one log's payload", async () => {
    const limit = 40_000;
    await begin({
      fault: ({ body }) => (JSON.stringify(body).length > limit ? { status: 413 } : undefined),
    });
    const answer = prompt("answer", async (size: number) => "y".repeat(size));

    await flow("agent", async () => {
      for (const size of [10_000, 30_000, 60_000, 20_000]) await answer(size);
    })();
    expect(await tracing.flush()).toMatchObject({
      recorded: 5,
      sent: 5,
      truncated: 1,
      dropped: {},
    });
    const sizes = [...sink.logs.values()].map(({ fields }) => String(fields.output ?? "").length);
    expect(sizes.sort((left, right) => left - right)).toEqual([0, 0, 10_000, 20_000, 30_000]);
  });
});

const SILENT = { error() {}, warn() {}, info() {}, debug() {}, verbose() {} };
