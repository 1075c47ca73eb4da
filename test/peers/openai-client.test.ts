import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import DefaultOpenAI, { OpenAI } from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prompt } from "../../src/index.ts";
import { useRecording } from "../record/recording.ts";

const REQUEST = { model: "m", messages: [{ role: "user" as const, content: "x" }] };
const STREAMED = { ...REQUEST, stream: true as const };

const chunk = (delta: object, finish_reason: string | null = null) => ({
  object: "chat.completion.chunk",
  model: "m-2",
  choices: [{ index: 0, delta, finish_reason }],
});
const USAGE = { prompt_tokens: 9, completion_tokens: 2 };
const TEXT_CHUNKS = [
  chunk({ role: "assistant", content: "Hel" }),
  chunk({ content: "lo" }),
  chunk({}, "stop"),
];

describe("a wrapped call of the official OpenAI client", () => {
  const recording = useRecording();
  let server: Server;
  let baseURL: string;
  let chunks: readonly object[];
  let seen: Record<string, unknown>[];

  beforeEach(async () => {
    chunks = TEXT_CHUNKS;
    seen = [];
    server = createServer(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
      seen.push(body);
      if (body.stream) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        const withUsage = body.stream_options?.include_usage
          ? [{ ...chunk({}), choices: [], usage: USAGE }]
          : [];
        for (const piece of [...chunks, ...withUsage])
          response.write(`data: ${JSON.stringify(piece)}\n\n`);
        response.end("data: [DONE]\n\n");
        return;
      }
      const message = { role: "assistant", content: "hi" };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      const headers = { "content-type": "application/json", "x-request-id": "req_1" };
      response.writeHead(200, headers);
      response.end(
        JSON.stringify({ object: "chat.completion", model: "m-2", choices, usage: USAGE }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });

  afterEach(() => void server.close());

  const connect = (Client = OpenAI) => new Client({ apiKey: "k", baseURL, maxRetries: 0 });

  it("keeps withResponse and asResponse", async () => {
    const client = connect();
    const ask = prompt("ask", () => client.chat.completions.create(REQUEST));

    const { data, request_id } = await ask().withResponse();
    expect(data.choices[0]?.message.content).toBe("hi");
    expect(request_id).toBe("req_1");
    expect(recording.fields("ask")).toMatchObject({ prompt_tokens: 9, output_tokens: 2 });
    expect((await ask().asResponse()).status).toBe(200);
  });

  it("follows a stream that is reached through withResponse until it is drained", async () => {
    const client = connect();
    const ask = prompt("ask", () => client.chat.completions.create(STREAMED));

    const { data, response } = await ask().withResponse();
    expect(response.status).toBe(200);
    expect(recording.spans()).toEqual([]);
    for await (const _ of data);
    expect(recording.fields("ask").output_message).toEqual({ role: "assistant", content: "Hello" });
  });

  it("gives the client's own stream object, with controller, tee and toReadableStream", async () => {
    const client = connect();
    const bare = await client.chat.completions.create(STREAMED);
    const stream = await prompt("ask", () => client.chat.completions.create(STREAMED))();

    expect(stream.constructor).toBe(bare.constructor);
    expect(stream.controller).toBeInstanceOf(AbortController);
    bare.controller.abort();
    const [left, right] = stream.tee();
    const text = async (branch: typeof left) => {
      let all = "";
      for await (const piece of branch) all += piece.choices[0]?.delta.content ?? "";
      return all;
    };
    expect(await Promise.all([text(left), text(right)])).toEqual(["Hello", "Hello"]);
    expect(recording.fields("ask").output_message).toEqual({ role: "assistant", content: "Hello" });
    const again = await prompt("again", () => client.chat.completions.create(STREAMED))();
    expect(await new Response(again.toReadableStream()).text()).toContain('"Hel"');
  });

  it("leaves the chunks that the caller gets as they came", async () => {
    const client = connect();
    const stream = await prompt("ask", () => client.chat.completions.create(STREAMED))();

    const got: object[] = [];
    for await (const piece of stream) got.push(piece);
    expect(got).toEqual(TEXT_CHUNKS);
  });

  it.each([
    ["by their index", [0, 1]],
    ["by their ids, where a server gives every call index 0", [0, 0]],
  ])("keeps streamed parallel tool calls apart, %s", async (_way, [first, second]) => {
    const call = (index: number | undefined, more: object) =>
      chunk({ tool_calls: [{ index, ...more }] });
    chunks = [
      call(first, { id: "c1", type: "function", function: { name: "sun", arguments: '{"a"' } }),
      call(first, { function: { arguments: ":1}" } }),
      call(second, { id: "c2", type: "function", function: { name: "rain", arguments: '{"b"' } }),
      call(second, { function: { arguments: ":2}" } }),
      chunk({}, "tool_calls"),
    ];
    const client = connect();

    for await (const _ of await prompt("ask", () => client.chat.completions.create(STREAMED))());
    expect(recording.fields("ask").output_message).toMatchObject({
      tool_calls: [
        { id: "c1", function: { name: "sun", arguments: '{"a":1}' } },
        { id: "c2", function: { name: "rain", arguments: '{"b":2}' } },
      ],
    });
  });

  it("records the tokens of a stream that was asked for its usage", async () => {
    const client = connect();
    const options = { ...STREAMED, stream_options: { include_usage: true } };

    for await (const _ of await prompt("ask", () => client.chat.completions.create(options))());
    expect(recording.fields("ask")).toMatchObject({ prompt_tokens: 9, output_tokens: 2 });
    expect(seen).toEqual([options]);
  });

  it("is recorded however the client was imported, and nothing of the client is replaced", async () => {
    const required = createRequire(import.meta.url)("openai") as { OpenAI: typeof OpenAI };
    const { create } = OpenAI.Chat.Completions.prototype;

    for (const Client of [OpenAI, DefaultOpenAI, required.OpenAI]) {
      const client = connect(Client);
      await prompt("ask", () => client.chat.completions.create(REQUEST))();
      expect(Object.hasOwn(client.chat.completions, "create")).toBe(false);
    }
    expect(recording.spans().map(({ name }) => name)).toEqual(["ask", "ask", "ask"]);
    expect(OpenAI.Chat.Completions.prototype.create).toBe(create);
  });
});
