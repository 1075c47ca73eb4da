import { trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

function chatChunks() {
  const chunk = (choices: unknown[], more = {}) => ({
    object: "chat.completion.chunk",
    model: "m-2",
    choices,
    ...more,
  });
  return [
    chunk([{ index: 0, delta: { role: "assistant", content: "Hel" } }]),
    chunk([{ index: 0, delta: { content: "lo" } }]),
    chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
    chunk([], {
      usage: {
        prompt_tokens: 9,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 4 },
      },
    }),
  ];
}

describe("generators", () => {
  const recording = useRecording();

  it("run nothing and record nothing before the first next", () => {
    let ran = false;
    const count = flow("count", function* () {
      ran = true;
      yield 1;
    });

    count();
    expect(ran).toBe(false);
    expect(recording.spans()).toEqual([]);
  });

  it("keep the object, its laziness and its values", () => {
    const count = flow("count", function* (to: number) {
      for (let n = 1; n <= to; n++) yield n;
      return "done";
    });

    const counter = count(3);
    expect(Object.prototype.toString.call(counter)).toBe("[object Generator]");
    expect([...counter]).toEqual([1, 2, 3]);
    expect(recording.fields("count")).toEqual({
      path: "count",
      inputs: { to: 3 },
      output: "[1,2,3]",
    });
  });

  it("run their body in the span's context and the consumer's code outside", () => {
    const inside: unknown[] = [];
    const outside: unknown[] = [];
    const walk = flow("walk", function* () {
      inside.push(trace.getActiveSpan()?.spanContext().spanId);
      yield 1;
      inside.push(trace.getActiveSpan()?.spanContext().spanId);
      yield 2;
    });

    for (const _ of walk()) outside.push(trace.getActiveSpan());
    const { spanId } = recording.span("walk").spanContext();
    expect(inside).toEqual([spanId, spanId]);
    expect(outside).toEqual([undefined, undefined]);
  });

  it("end as cancelled at an early break, after their own finally", () => {
    let cleaned = false;
    const walk = flow("walk", function* () {
      try {
        yield "a";
        yield "b";
      } finally {
        cleaned = true;
      }
    });

    for (const _ of walk()) break;
    expect(cleaned).toBe(true);
    expect(recording.span("walk").attributes["flowspan.outcome"]).toBe("cancelled");
    expect(recording.fields("walk").output).toBe("a");
  });

  it("pass throw() in and the generator's own error out", () => {
    const error = new Error("in");
    const walk = flow("walk", function* () {
      yield 1;
    });

    const walker = walk();
    walker.next();
    expect(() => walker.throw(error)).toThrow(error);
    expect(recording.fields("walk").error).toBe("Error: in");
  });

  it("record nothing when they are ended before the first next", () => {
    const walk = flow("walk", function* () {
      yield 1;
    });

    const walker = walk();
    walker.return();
    walker.next();
    expect(recording.spans()).toEqual([]);
  });

  it("of another function, given back, end their span by return() alone", () => {
    function* steps() {
      yield 1;
    }

    flow("go", () => steps())().return();
    expect(recording.span("go").attributes["flowspan.outcome"]).toBe("cancelled");
  });

  it("async: the span covers the drain, children nest, text chunks join", async () => {
    const child = tool("child", async () => "c");
    const talk = prompt("talk", async function* () {
      await tick();
      yield "Hel";
      await child();
      yield "lo";
    });

    let text = "";
    for await (const piece of talk()) text += piece;
    expect(text).toBe("Hello");
    expect(recording.span("child").parentSpanContext?.spanId).toBe(
      recording.span("talk").spanContext().spanId,
    );
    expect(recording.fields("talk").output).toBe("Hello");
    expect(
      recording.span("talk").attributes["gen_ai.response.time_to_first_chunk"],
    ).toBeGreaterThan(0);
  });

  it("async: a rejection inside reaches the consumer as the same object", async () => {
    const error = new Error("stream broke");
    // biome-ignore lint/correctness/useYield: it fails before it yields
    const talk = prompt("talk", async function* () {
      throw error;
    });

    await expect(talk().next()).rejects.toBe(error);
    expect(recording.fields("talk").error).toBe("Error: stream broke");
  });
});

describe("streams", () => {
  const recording = useRecording();
  const stream = (chunks: unknown[]) =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });

  it("stay the same object and end when a reader has drained them", async () => {
    const source = stream(["a", "b"]);
    const read = flow("read", async () => source);

    const got = await read();
    expect(got).toBe(source);
    expect(recording.spans()).toEqual([]);
    const reader = got.getReader();
    while (!(await reader.read()).done);
    expect(recording.fields("read").output).toBe("ab");
  });

  it("are seen through iteration, tee, pipeTo, pipeThrough and cancel", async () => {
    const bytes = [
      new TextEncoder().encode("é").slice(0, 1),
      new TextEncoder().encode("é").slice(1),
    ];
    const read = flow(
      { path: "read" },
      (name: string) => [name, stream(bytes)][1] as ReadableStream,
    );

    const got: unknown[] = [];
    for await (const chunk of read("iteration")) got.push(chunk);
    expect(got).toEqual(bytes);
    expect(recording.fields("read").output).toBe("é");

    const [left, right] = read("tee").tee();
    for await (const _ of left);
    for await (const _ of right);
    await read("pipeTo").pipeTo(new WritableStream());
    for await (const _ of read("pipeThrough").pipeThrough(new TransformStream()));
    await tick();
    await read("cancel").cancel("enough");
    expect(recording.spans()).toHaveLength(5);
    expect(recording.spans()[4]?.attributes["flowspan.outcome"]).toBe("cancelled");
  });

  it("of a database: a cursor whose next() gives entries is read as what it gives", async () => {
    const entries = [{ id: 1 }, { id: 2, done: true }, { id: 3 }];
    const cursor = {
      next: async () => entries.shift(),
      async *[Symbol.asyncIterator]() {
        for (let entry = await this.next(); entry; entry = await this.next()) yield entry;
      },
    };

    for await (const _ of tool("find", () => cursor)());
    expect(recording.fields("find").output).toBe('[{"id":1},{"id":2,"done":true},{"id":3}]');
  });

  it("of an SDK (async iterables with methods of their own) stay the same object", async () => {
    const source = {
      controller: new AbortController(),
      async *[Symbol.asyncIterator]() {
        yield* chatChunks();
      },
    };
    const talk = prompt("talk", async () => source);

    const got = await talk();
    expect(got).toBe(source);
    expect(Object.keys(got)).toEqual(["controller"]);
    const seen = [];
    for await (const chunk of got) seen.push(chunk);
    expect(seen).toEqual(chatChunks());
    expect(recording.fields("talk")).toMatchObject({
      output_message: { role: "assistant", content: "Hello" },
      finish_reason: "stop",
      prompt_tokens: 9,
      output_tokens: 2,
    });
    expect(recording.span("talk").attributes).toMatchObject({
      "gen_ai.response.model": "m-2",
      "gen_ai.usage.cache_read.input_tokens": 4,
    });
  });

  it.each<[string, (got: ReadableStream<string>) => Promise<unknown>]>([
    ["iteration", async (got) => drain(got)],
    ["a reader", async (got) => drain(readerOf(got))],
    ["tee", async (got) => Promise.all(got.tee().map((branch) => drain(branch)))],
    ["pipeThrough", async (got) => drain(got.pipeThrough(new TransformStream()))],
    ["cancel", async (got) => got.cancel()],
  ])("of a wrapped function in another end both spans, read by %s", async (_way, read) => {
    const inner = prompt("inner", () => stream(["a", "b"]));
    const outer = flow("outer", () => inner());

    await read(outer());
    await tick();
    expect(recording.spans().map(({ name }) => name)).toEqual(["inner", "outer"]);
  });

  it("go on when one branch of a tee is cancelled", async () => {
    const [left, right] = flow("go", () => stream(["a", "b"]))().tee();

    right.cancel();
    await drain(left);
    expect(recording.fields("go")).toEqual({ path: "go", output: "ab" });
    expect(recording.span("go").attributes["flowspan.outcome"]).toBeUndefined();
  });

  it("go on when a reader with a pending read lets go", async () => {
    let controller: ReadableStreamDefaultController | undefined;
    const got = flow(
      "go",
      () =>
        new ReadableStream({
          start(given) {
            controller = given;
          },
        }),
    )();

    const reader = got.getReader();
    const pending = reader.read().catch((error: unknown) => error);
    reader.releaseLock();
    expect(await pending).toBeInstanceOf(TypeError);
    controller?.enqueue("late");
    controller?.close();
    await drain(got);
    expect(recording.fields("go")).toEqual({ path: "go", output: "late" });
  });

  it("refuse in pipeThrough what the platform refuses, at once", () => {
    const locked = flow("go", () => stream(["a"]))();
    locked.getReader();

    expect(() => locked.pipeThrough(new TransformStream())).toThrow(TypeError);
    expect(() => flow("go", () => stream(["a"]))().pipeThrough({} as never)).toThrow(TypeError);
  });

  it("are pulled in the span's context", async () => {
    const child = tool("child", () => 1);
    const source = () => ({
      pull(controller: ReadableStreamDefaultController) {
        child();
        controller.enqueue("x");
        controller.close();
      },
    });

    const got = flow("go", () => new ReadableStream(source(), { highWaterMark: 0 }))();
    await tick();
    await drain(readerOf(got));
    expect(recording.span("child").parentSpanContext?.spanId).toBe(
      recording.span("go").spanContext().spanId,
    );
  });
});

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

async function* readerOf(source: ReadableStream): AsyncGenerator {
  const reader = source.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}
