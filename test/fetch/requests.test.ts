import { describe, expect, it } from "vitest";
import { tracedFetch } from "../../src/fetch/index.ts";
import { useRecording } from "../record/recording.ts";
import { COMPLETION, chat, useServers } from "./provider-server.ts";

const { body, headers } = chat();
const POST = { method: "POST", headers };

/** Every form of a request with that body. */
const FORMS: Readonly<Record<string, () => [input: string | Request, init?: RequestInit]>> = {
  string: () => ["", { ...POST, body }],
  Uint8Array: () => ["", { ...POST, body: new TextEncoder().encode(body) }],
  "a part of a buffer": () => {
    const bytes = Buffer.from(`xx${body}xx`);
    return ["", { ...POST, body: bytes.subarray(2, -2) as never }];
  },
  ArrayBuffer: () => ["", { ...POST, body: new TextEncoder().encode(body).buffer }],
  Blob: () => ["", { ...POST, body: new Blob([body]) }],
  ReadableStream: () => {
    const source = new Blob([body]).stream();
    return ["", { ...POST, body: source, duplex: "half" } as RequestInit];
  },
  Request: () => [new Request("http://any/", { ...POST, body })],
  "Request of a stream": () => [
    new Request("http://any/", {
      ...POST,
      body: new Blob([body]).stream(),
      duplex: "half",
    } as RequestInit),
  ],
  "Request with options over it": () => [
    new Request("http://any/", { ...POST, body: "{}" }),
    { body },
  ],
};

describe("a request's body", () => {
  const recording = useRecording();
  const serve = useServers();
  const traced = tracedFetch(fetch);
  const start = () =>
    serve((_request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify(COMPLETION));
    });

  it.each(Object.keys(FORMS))("given as %s is sent as it is, and read", async (form) => {
    const { url, seen } = await start();
    const [input, init] = (FORMS[form] as (typeof FORMS)[string])();
    const target = `${url}/v1/chat/completions`;
    const request = input instanceof Request ? new Request(target, input) : target;

    const response = await traced(request, init);

    expect(await response.json()).toEqual(COMPLETION);
    expect(seen[0]?.body).toBe(body);
    expect(recording.fields("chat m-1")).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      provider_request: JSON.parse(body),
      prompt_tokens: 3,
    });
  });

  it("given as a Request is not used up before the call, and is after it", async () => {
    const { url } = await start();
    const request = new Request(`${url}/v1/chat/completions`, { ...POST, body });
    const made = traced(request);

    expect(request.bodyUsed).toBe(true);
    await (await made).text();
    expect(recording.spans().length).toBe(1);
  });

  it.each([
    ["a form", new FormData()],
    ["a query", new URLSearchParams("a=1")],
    ["no JSON", "hello"],
    ["broken JSON", '{"model":'],
    ["JSON of another shape", '{"a":1}'],
    ["nothing", undefined],
  ])("that is %s passes, unread", async (_what, given) => {
    const { url, seen } = await start();

    const response = await traced(`${url}/v1/chat/completions`, { method: "POST", body: given });

    expect(await response.json()).toEqual(COMPLETION);
    expect(seen.length).toBe(1);
    expect(recording.spans()).toEqual([]);
  });

  it("that is compressed is not read", async () => {
    const { url } = await start();
    const encoded = { ...POST, headers: { ...headers, "content-encoding": "gzip" } };

    await traced(`${url}/v1/chat/completions`, { ...encoded, body: Buffer.from(body) as never });

    expect(recording.spans()).toEqual([]);
  });

  it("with a picture of 20 MB is sent whole, and cut in the log", async () => {
    const { url, seen } = await start();
    const picture = { type: "image_url", image_url: { url: "A".repeat(20_000_000) } };
    const given = chat({ messages: [{ role: "user", content: [picture] }] });

    await (await traced(`${url}/v1/chat/completions`, given)).text();

    expect(seen[0]?.body.length).toBe(given.body.length);
    const { fields, meta } = recording.recorded("chat m-1");
    expect(fields.messages?.length).toBeLessThan(1_100_000);
    expect(fields.provider_request?.length).toBeLessThan(1_100_000);
    expect(JSON.parse(meta.truncated ?? "{}").provider_request).toBeGreaterThan(20_000_000);
  });
});
