import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { flow, prompt } from "../../src/index.ts";
import { useRecording } from "../record/recording.ts";

const bytes = new TextEncoder();

/** A server's answer as it streams: three events, some time apart. */
function serverSentEvents(): ReadableStream<Uint8Array> {
  const events = ["data: one\n\n", "data: two\n\n", "data: [DONE]\n\n"];
  return new ReadableStream({
    async pull(controller) {
      const event = events.shift();
      if (event === undefined) return controller.close();
      await new Promise((resolve) => setTimeout(resolve, 5));
      controller.enqueue(bytes.encode(event));
    },
  });
}

describe("a stream that a wrapped function gives", () => {
  const recording = useRecording();
  const millis = () => {
    const [seconds, nanos] = recording.span("ask").duration;
    return seconds * 1000 + nanos / 1e6;
  };

  it("as a ReadableStream is the same object, and its span covers the reading", async () => {
    const stream = serverSentEvents();
    const got = await prompt("ask", async () => stream)();

    expect(got).toBe(stream);
    expect(recording.spans()).toEqual([]);
    for await (const _ of got);
    // Three pauses of 5 ms, each of which a timer may cut by one.
    expect(millis()).toBeGreaterThan(11);
    expect(recording.fields("ask").output).toContain("data: one");
  });

  it("as the body of a Response is the same object, and its span covers the reading", async () => {
    const response = new Response(serverSentEvents(), { headers: { "x-request-id": "r1" } });
    const got = await prompt("ask", async () => response)();

    expect(got).toBe(response);
    expect(got.headers.get("x-request-id")).toBe("r1");
    expect(recording.spans()).toEqual([]);
    expect(await got.text()).toContain("data: two");
    await expect.poll(() => recording.spans().length).toBe(1);
    expect(millis()).toBeGreaterThan(11);
  });

  it("as a Node stream is the same object, and its span covers the reading", async () => {
    const stream = Readable.from(["a", "b"]);
    const got = flow("ask", () => stream)();

    expect(got).toBe(stream);
    let text = "";
    for await (const piece of got) text += piece;
    expect(text).toBe("ab");
    await expect.poll(() => recording.spans().length).toBe(1);
  });

  it("has the time to its first chunk on the span", async () => {
    for await (const _ of await prompt("ask", async () => serverSentEvents())());
    const seconds = recording.span("ask").attributes["gen_ai.response.time_to_first_chunk"];

    expect(seconds).toBeGreaterThan(0.003);
    expect(Number(seconds) * 1000).toBeLessThan(millis());
  });
});
