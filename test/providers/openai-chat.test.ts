import { createHash } from "node:crypto";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prompt } from "../../src/index.ts";
import { startProviderStream } from "../../src/providers/index.ts";
import { useRecording } from "../record/recording.ts";
import {
  answersOf,
  type ExpectedAnswer,
  hasRecordings,
  recordingsOf,
  startReplayServer,
} from "./recorded-traffic.ts";

const recordings = ["openai", "openai-compatible", "azure-openai"].flatMap((provider) =>
  recordingsOf(provider, "chat-completions"),
);

describe.skipIf(!hasRecordings)(
  "recorded OpenAI chat completions through the official client",
  () => {
    const recording = useRecording();
    let replay: Awaited<ReturnType<typeof startReplayServer>>;

    beforeAll(async () => {
      replay = await startReplayServer();
    });
    afterAll(() => replay.stop());

    it("are there to be read", () => {
      expect(recordings.length).toBeGreaterThan(10);
    });

    for (const recorded of recordings) {
      for (const [index, { status, streamed }] of answersOf(recorded).entries()) {
        const how = streamed ? "streamed" : "whole";
        it(`${recorded.id} ${index + 1}, ${how}, status ${status}`, async () => {
          const client = new OpenAI({
            apiKey: "none",
            baseURL: `${replay.url}/f/${recorded.id}/v1`,
            defaultHeaders: { "x-replay-index": String(index) },
            maxRetries: 0,
          });
          const ask = prompt("ask", () =>
            client.chat.completions.create({
              model: "any",
              messages: [],
              stream: streamed as false,
            }),
          );
          const seen = await readAll(ask).catch((error: unknown) => error);

          const expected = recorded.expected[index] as ExpectedAnswer;
          if (seen instanceof Error) {
            expect(expected.error ?? expected.stream_error).toBeDefined();
            expect(recording.fields("ask").error).toContain(seen.message);
            return;
          }
          expect(fieldsOf(recording)).toEqual(shapeOf(expected));
        });
      }
    }
  },
);

/** Reads an answer to its end, as a program would. */
async function readAll(ask: () => Promise<unknown>): Promise<unknown> {
  const answer = await ask();
  const stream = answer as AsyncIterable<unknown>;
  if (typeof stream[Symbol.asyncIterator] === "function") for await (const _ of stream);
  return answer;
}

function fieldsOf(recording: ReturnType<typeof useRecording>): unknown {
  const { output_message, finish_reason, prompt_tokens, output_tokens } = recording.fields("ask");
  const { attributes } = recording.span("ask");
  const message = output_message as { content?: string; tool_calls?: ToolCall[] };
  return {
    finish_reason,
    prompt_tokens,
    output_tokens,
    text: hash(message.content ?? ""),
    toolCalls: (message.tool_calls ?? []).map(({ id, function: called }) => ({ id, ...called })),
    model: attributes["gen_ai.response.model"],
    cached: attributes["gen_ai.usage.cache_read.input_tokens"] || undefined,
    reasoning: attributes["gen_ai.usage.reasoning.output_tokens"] || undefined,
  };
}

interface ToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

function shapeOf(expected: ExpectedAnswer): unknown {
  return {
    finish_reason: expected.finish_reasons?.[0] ?? undefined,
    prompt_tokens: expected.usage.input,
    output_tokens: expected.usage.output,
    text: expected.text_sha256,
    toolCalls: expected.tool_calls,
    model: expected.model,
    cached: expected.usage.cached_input || undefined,
    reasoning: expected.usage.reasoning || undefined,
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

describe("an OpenAI chat stream", () => {
  const chunk = (choices: unknown, more = {}) => ({
    object: "chat.completion.chunk",
    choices,
    ...more,
  });

  it("keeps parallel tool calls apart by their index, however their pieces come", () => {
    const call = (index: number, more: object) =>
      chunk([{ delta: { tool_calls: [{ index, ...more }] } }]);
    const reader = startProviderStream(
      call(0, { id: "a", function: { name: "f", arguments: "" } }),
    );
    for (const piece of [
      call(1, { id: "b", function: { name: "g", arguments: '{"n"' } }),
      call(0, { function: { arguments: '{"m":' } }),
      call(1, { function: { arguments: ":2}" } }),
      call(0, { function: { arguments: "1}" } }),
    ]) {
      reader?.add(piece);
    }

    expect(reader?.reading().outputMessage?.tool_calls).toEqual([
      { id: "a", type: "function", function: { name: "f", arguments: '{"m":1}' } },
      { id: "b", type: "function", function: { name: "g", arguments: '{"n":2}' } },
    ]);
  });

  it("passes over chunks of another shape and never changes one", () => {
    const first = Object.freeze(chunk([Object.freeze({ delta: Object.freeze({ content: "a" }) })]));
    const reader = startProviderStream(first);
    for (const odd of [
      null,
      undefined,
      5,
      "text",
      {},
      { object: "x" },
      chunk(null),
      chunk([null]),
    ]) {
      reader?.add(odd);
    }

    expect(reader?.reading().outputMessage).toEqual({ role: "assistant", content: "a" });
  });

  it("is only recognised by its own shape", () => {
    for (const odd of [null, "text", {}, { choices: [] }, { object: "chat.completion" }]) {
      expect(startProviderStream(odd)).toBeUndefined();
    }
  });
});
