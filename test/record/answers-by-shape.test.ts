import { describe, expect, it } from "vitest";
import { prompt } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

/** What a client gives that has no test of its own here: whole, and as the stream that it gives. */
interface Shape {
  readonly whole: object;
  readonly chunks: readonly object[];
  /** What the client gives, of which the program reads the chunks. */
  readonly streamed: (chunks: AsyncIterable<object>) => object;
  readonly finishReason: string;
}

const SHAPES: Readonly<Record<string, Shape>> = {
  // https://github.com/ollama/ollama/blob/main/docs/api.md
  "Ollama's chat": {
    whole: {
      model: "m-2",
      message: { role: "assistant", content: "Hello" },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 3,
      eval_count: 2,
    },
    chunks: [
      { model: "m-2", message: { role: "assistant", content: "Hel" }, done: false },
      { model: "m-2", message: { role: "assistant", content: "lo" }, done: false },
      {
        model: "m-2",
        message: { role: "assistant", content: "" },
        done: true,
        done_reason: "stop",
        prompt_eval_count: 3,
        eval_count: 2,
      },
    ],
    streamed: (chunks) => chunks,
    finishReason: "stop",
  },
  // https://docs.cohere.com/reference/chat
  "Cohere's chat": {
    whole: {
      id: "c1",
      message: { role: "assistant", content: [{ type: "text", text: "Hello" }] },
      finishReason: "COMPLETE",
      usage: { tokens: { inputTokens: 3, outputTokens: 2 } },
    },
    chunks: [
      { type: "message-start", id: "c1", delta: { message: { role: "assistant" } } },
      {
        type: "content-start",
        index: 0,
        delta: { message: { content: { type: "text", text: "" } } },
      },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "Hel" } } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "lo" } } } },
      { type: "content-end", index: 0 },
      {
        type: "message-end",
        delta: {
          finishReason: "COMPLETE",
          usage: { tokens: { inputTokens: 3, outputTokens: 2 } },
        },
      },
    ],
    streamed: (chunks) => chunks,
    finishReason: "COMPLETE",
  },
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
  "Bedrock's Converse": {
    whole: {
      $metadata: { httpStatusCode: 200 },
      output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
      stopReason: "end_turn",
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    },
    chunks: [
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hel" } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "lo" } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } } },
    ],
    streamed: (stream) => ({ $metadata: { httpStatusCode: 200 }, stream }),
    finishReason: "end_turn",
  },
};

describe.each(Object.entries(SHAPES))("%s", (_name, { whole, chunks, streamed, finishReason }) => {
  const recording = useRecording();
  const fields = {
    output_message: { role: "assistant", content: "Hello" },
    finish_reason: finishReason,
    prompt_tokens: 3,
    output_tokens: 2,
  };

  it("is read by its shape", async () => {
    expect(await prompt("ask", async () => whole)()).toBe(whole);

    expect(recording.fields("ask")).toMatchObject(fields);
  });

  it("is put together as its stream is read", async () => {
    const source = (async function* () {
      yield* chunks;
    })();
    const given = streamed(source);
    const keys = Object.keys(given);

    const got = (await prompt("ask", async () => given)()) as { stream?: typeof source };
    expect(got).toBe(given);
    expect(Object.keys(got)).toEqual(keys);
    expect(recording.spans()).toEqual([]);
    const seen: object[] = [];
    for await (const chunk of got.stream ?? (got as typeof source)) seen.push(chunk);
    expect(seen).toEqual(chunks);
    expect(recording.fields("ask")).toMatchObject(fields);
  });
});

describe("an object of the user's", () => {
  const recording = useRecording();

  it.each(["stream", "baseStream"])("that merely has a %s is a value", async (name) => {
    await prompt("ask", async () => ({ [name]: { size: 3 }, a: 1 }))();

    expect(recording.fields("ask").output).toBe(JSON.stringify({ [name]: { size: 3 }, a: 1 }));
  });
});
