import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FlowspanExporter } from "../../src/otel/index.ts";
import { type RunningServer, serve } from "../src/serve.ts";

let server: RunningServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowspan-foreign-"));
  server = await serve({ port: 0, dataDir: folder });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Sends one chat span with such messages; gives what became of its log. */
async function sendChat(messages: unknown, maxFieldBytes = 1_000_000) {
  const exporter = new FlowspanExporter({ url: `${server.url}/v5`, maxFieldBytes });
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const text = JSON.stringify(messages);
  const attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "m",
    "gen_ai.input.messages": text,
    "gen_ai.output.messages": text,
  };
  provider.getTracer("others").startSpan("chat", { attributes }).end();
  await provider.shutdown();
  return exporter.stats();
}

const SENT = { recorded: 1, sent: 1, dropped: {} };

const text = (length: number) => ({ type: "text", content: "a".repeat(length * 20) });
const call = { type: "tool_call", id: "1", name: "f", arguments: { query: "a".repeat(400) } };
const image = { type: "uri", modality: "image", uri: "https://a.test/a.png" };

/** By how they are written: messages whose cut goes through something else at each cap. */
const CUT: Readonly<Record<string, unknown>> = {
  texts: Array.from({ length: 9 }, (_, index) => ({ role: "user", parts: [text(index * 9)] })),
  "calls of tools": [
    { role: "assistant", parts: [text(30), call, call, call] },
    { role: "tool", parts: [{ type: "tool_call_response", id: "1", response: "a".repeat(800) }] },
  ],
  "parts of several kinds": [{ role: "user", parts: [text(30), image, text(30), image] }],
  "messages in OpenAI's shape": [
    { content: "a".repeat(1_000), role: "user" },
    {
      content: null,
      tool_calls: [
        {
          function: { arguments: JSON.stringify(["a".repeat(500)]), name: "f" },
          id: "1",
          type: "function",
        },
      ],
      role: "assistant",
    },
  ],
};

describe("a foreign chat span", () => {
  it.each(Object.entries(CUT))("is taken wherever its %s are cut", async (_, messages) => {
    for (let cap = 1_024; cap < 2_500; cap += 41) {
      expect({ cap, ...(await sendChat(messages, cap)) }).toMatchObject(SENT);
    }
  });

  it.each([
    { role: "model", parts: [text(3)] },
    { role: "human", content: "hello" },
    { role: "narrator", content: "hello" },
    { role: "user", content: { text: "hello" } },
    { role: "user", content: [{ text: "hello" }, 5] },
    { role: "user", content: 5 },
    { role: "user", parts: [{ content: "no type" }] },
    { role: "user", parts: [null, 5, "text"] },
    { content: "no role" },
    "a text",
    null,
    { role: "assistant", content: "x", tool_calls: "none" },
    { role: "assistant", content: "x", tool_calls: [{ name: "f", args: {} }] },
    { role: "user", content: [{ type: "image_url", image_url: "https://a.test/a.png" }] },
    { role: "user", content: [{ type: "text", text: { value: "x" } }] },
    { role: "user", content: "x", name: 5 },
    { role: "tool", content: "x", tool_call_id: 5 },
  ])("is taken with a message like %j", async (message) => {
    expect(await sendChat([message])).toMatchObject(SENT);
  });
});
