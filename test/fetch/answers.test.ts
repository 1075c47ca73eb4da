import { describe, expect, it } from "vitest";
import { tracedFetch } from "../../src/fetch/index.ts";
import { useRecording } from "../record/recording.ts";
import {
  COMPLETION,
  chat,
  EVENTS_WITH_USAGE,
  STREAM_HEADERS,
  useServers,
} from "./provider-server.ts";

describe("a call to a provider", () => {
  const recording = useRecording();
  const serve = useServers();
  const traced = tracedFetch(fetch);

  it("is recorded with its request, its answer and its tokens", async () => {
    const { url } = await serve((_request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify(COMPLETION));
    });

    const response = await traced(`${url}/v1/chat/completions`, chat({ temperature: 0.5 }));
    expect(recording.spans()).toEqual([]);
    expect(await response.json()).toEqual(COMPLETION);

    const span = recording.span("chat m-1");
    expect(span.kind).toBe(2);
    expect(span.attributes).toMatchObject({
      "flowspan.type": "prompt",
      "flowspan.call": true,
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "m-1",
      "gen_ai.response.model": "m-2",
      "server.address": "127.0.0.1",
      "http.response.status_code": 200,
    });
    expect(recording.fields("chat m-1")).toMatchObject({
      prompt: { model: "m-1", temperature: 0.5 },
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Hello" },
      finish_reason: "stop",
      prompt_tokens: 3,
      output_tokens: 2,
      provider_latency: expect.any(Number),
      provider_request: JSON.parse(chat({ temperature: 0.5 }).body),
      provider_response: COMPLETION,
    });
    expect(JSON.stringify([span.attributes, recording.fields("chat m-1")])).not.toContain("secret");
  });

  it("that streams is put together, with the time to its first piece", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, STREAM_HEADERS).end(EVENTS_WITH_USAGE.join(""));
    });

    const response = await traced(`${url}/v1/chat/completions`, chat({ stream: true }));
    expect(await response.text()).toBe(EVENTS_WITH_USAGE.join(""));

    expect(recording.fields("chat m-1")).toMatchObject({
      output_message: { role: "assistant", content: "Hello, wörld 🌍" },
      finish_reason: "stop",
      prompt_tokens: 3,
      provider_response: { id: "chatcmpl-1", model: "m-2" },
    });
    expect(recording.span("chat m-1").attributes).toMatchObject({
      "gen_ai.response.time_to_first_chunk": expect.any(Number),
    });
  });
});
