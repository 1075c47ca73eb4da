import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { prompt, tool } from "../../src/index.ts";
import { FORMS, type FormName } from "./promises/forms.ts";
import { useRecording } from "./recording.ts";

/** Every way to read a body; each gives what a program can see. */
const WAYS: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  json: (response) => response.json(),
  text: (response) => response.text(),
  arrayBuffer: async (response) => (await response.arrayBuffer()).byteLength,
  blob: async (response) => (await response.blob()).size,
  "clone, both read": async (response) => {
    const other = response.clone();
    return [await response.text(), await other.json()];
  },
  "body, iterated": async (response) => decode(response.body as ReadableStream<Uint8Array>),
  "body in another Response": (response) => new Response(response.body).text(),
  "body through a transform": async (response) =>
    decode(response.body?.pipeThrough(new TransformStream()) as ReadableStream<Uint8Array>),
};

const COMPLETION = {
  object: "chat.completion",
  model: "m-2",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2 },
};

describe("a Response", () => {
  const recording = useRecording();

  describe.each(Object.keys(WAYS))("read by %s", (way) => {
    it.each(Object.keys(FORMS) as FormName[])("%s", async (form) => {
      const read = WAYS[way] as (response: Response) => Promise<unknown>;
      const expected = await read(Response.json(COMPLETION));
      const source = Response.json(COMPLETION, { status: 201 });
      const got = await FORMS[form].wrap("prompt", "ask", async () => source)();

      expect(got).toBe(source);
      expect([got.status, got.bodyUsed, Object.keys(got)]).toEqual([201, false, []]);
      expect(recording.spans()).toEqual([]);
      expect(await read(got)).toEqual(expected);
      expect(recording.fields("ask")).toMatchObject({
        output_message: { role: "assistant", content: "Hello" },
        prompt_tokens: 3,
        finish_reason: "stop",
      });
    });
  });

  it("of a fetch streams as it came: a provider's events are read as one answer", async () => {
    const events = ["Hel", "lo"].map(
      (content) =>
        `data: ${JSON.stringify({ object: "chat.completion.chunk", model: "m-2", choices: [{ index: 0, delta: { content } }] })}\n\n`,
    );
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.end([...events, "data: [DONE]\n\n"].join(""));
    }).listen(0);
    const { port } = server.address() as AddressInfo;

    const got = await prompt("ask", () => fetch(`http://127.0.0.1:${port}`))();
    expect(await decode(got.body as ReadableStream<Uint8Array>)).toBe(
      [...events, "data: [DONE]\n\n"].join(""),
    );
    expect(recording.fields("ask").output_message).toEqual({
      role: "assistant",
      content: "Hello",
    });
    server.close();
  });

  it("whose body the function has read itself, or has none, ends the span at once", async () => {
    const read = tool("read", async () => {
      const response = Response.json({ a: 1 });
      await response.text();
      return response;
    });
    await read();
    await tool("empty", async () => new Response(null, { status: 204 }))();

    expect(recording.spans().map(({ name }) => name)).toEqual(["read", "empty"]);
  });

  it("whose body is cancelled ends the span as cancelled; one that breaks ends it as failed", async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error("torn")),
    });
    const left = tool("left", () => new Response("text"))();
    const failing = tool("failing", () => new Response(broken))();

    await left.body?.cancel();
    await expect(failing.text()).rejects.toThrow("torn");
    expect(recording.span("left").attributes["flowspan.outcome"]).toBe("cancelled");
    expect(recording.fields("failing").error).toBe("Error: torn");
  });

  it("that says JSON and holds none is kept as text", async () => {
    const headers = { "content-type": "application/json" };

    await tool("ask", () => new Response("{broken", { headers }))().text();
    expect(recording.fields("ask").output).toBe("{broken");
  });
});

async function decode(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream) text += decoder.decode(piece, { stream: true });
  return text;
}
