import { afterEach, describe, expect, it } from "vitest";
import { sharedState } from "../../src/base/shared-state.ts";
import { prompt, record, tool } from "../../src/index.ts";
import { DEFAULT_POLICY } from "../../src/spans/policy.ts";
import { captureLogs } from "../../src/testing/index.ts";
import { useRecording } from "./recording.ts";

const COMPLETION = {
  id: "c1",
  object: "chat.completion",
  model: "m-2",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2, cost: 0.25 },
};

/** A response that ended badly, though its HTTP status was 200. */
const FAILED = {
  id: "r1",
  object: "response",
  model: "m-2",
  status: "failed",
  output: [],
  error: { code: "server_error", message: "out of luck" },
};

const chunk = (content: string) => ({
  object: "chat.completion.chunk",
  model: "m-2",
  choices: [{ index: 0, delta: { content } }],
});
const LAST = { ...chunk(""), choices: [], usage: COMPLETION.usage };

const toEvents = (...chunks: object[]) =>
  chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");

function eventStream(body: string | ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

describe("a provider's answer", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());

  it("names its id, its model and its cost beside the fields", async () => {
    await prompt("ask", async () => COMPLETION)();

    expect(recording.span("ask").attributes).toMatchObject({
      "gen_ai.response.id": "c1",
      "gen_ai.response.model": "m-2",
      "flowspan.cost": 0.25,
    });
  });

  it("gives its usage on a prompt alone", async () => {
    await tool("look", async () => COMPLETION)();

    expect(recording.span("look").attributes).not.toHaveProperty("gen_ai.response.id");
  });

  it("that holds an error fails its log, and reaches the caller as it is", async () => {
    const given = await prompt("ask", async () => FAILED)();

    expect(given).toBe(FAILED);
    expect(recording.span("ask").attributes["flowspan.outcome"]).toBe("error");
    expect(recording.span("ask").status.code).toBe(2);
    expect(recording.fields("ask").error).toContain("out of luck");
  });

  it("that holds an error in its stream fails its log, and the caller's stream ends well", async () => {
    const ask = prompt("ask", async function* () {
      yield {
        type: "response.created",
        response: { ...FAILED, status: "in_progress", error: null },
      };
      yield { type: "response.failed", response: FAILED };
    });

    const seen: unknown[] = [];
    for await (const event of ask()) seen.push(event);
    expect(seen).toHaveLength(2);
    expect(recording.fields("ask").error).toContain("out of luck");
  });

  it("that holds an error leaves the one that was recorded", async () => {
    await prompt("ask", async () => {
      record({ error: "said before" });
      return FAILED;
    })();

    expect(recording.fields("ask").error).toBe("said before");
  });

  it("longer than a field may be is still read to its end", async () => {
    sharedState().policies.add({ ...DEFAULT_POLICY, maxFieldBytes: 300 });
    const pieces = [...Array.from({ length: 50 }, () => chunk("ab")), LAST].map((each) =>
      toEvents(each),
    );
    const body = ReadableStream.from(pieces.map((piece) => new TextEncoder().encode(piece)));

    expect(await prompt("ask", () => eventStream(body))().text()).toBe(pieces.join(""));
    expect(recording.fields("ask")).toMatchObject({
      output_message: { role: "assistant", content: "ab".repeat(50) },
      prompt_tokens: 3,
      output_tokens: 2,
    });
  });

  it.each(["output: false", "content: none"])(
    "of a Response gives its usage with %s",
    async (how) => {
      if (how === "content: none")
        sharedState().policies.add({ ...DEFAULT_POLICY, content: "none" });
      const options = how === "output: false" ? { output: false as const } : {};

      await prompt({ path: "ask", ...options }, () => Response.json(COMPLETION))().text();
      expect(recording.fields("ask")).toMatchObject({ prompt_tokens: 3, output_tokens: 2 });
      expect(JSON.stringify(recording.fields("ask"))).not.toContain("Hello");
    },
  );

  it("is known where a stream's first chunk does not show yet whose it is", async () => {
    const opening = { id: "", model: "", choices: [] };
    const ask = prompt("ask", async function* () {
      yield* [opening, chunk("Hello"), LAST];
    });

    for await (const _ of ask());

    expect(recording.span("ask").attributes).toMatchObject({
      "gen_ai.usage.input_tokens": 3,
      "gen_ai.response.model": "m-2",
    });
  });

  it("that is given whole after its pieces is the one that counts", async () => {
    const ask = prompt("ask", async function* () {
      yield "Hel";
      yield "lo";
      return COMPLETION;
    });

    for await (const _ of ask());
    expect(recording.fields("ask")).toMatchObject({
      output_message: { role: "assistant", content: "Hello" },
      prompt_tokens: 3,
    });
  });
});

describe("a provider's answer that is broken", () => {
  it("is kept as it came, and the log names what could not be read", async () => {
    const broken = `${toEvents(chunk("Hel"))}data: {"object":\n\n${toEvents(chunk("lo"))}`;
    const { result, logs } = await captureLogs(() =>
      prompt("ask", () => eventStream(broken))().text(),
    );

    expect(result).toBe(broken);
    expect(logs[0]).toMatchObject({
      output_message: { role: "assistant", content: "Hello" },
      metadata: { flowspan: { unreadable: [expect.stringContaining("broken JSON")] } },
    });
  });

  it("that is JSON cut off keeps its text", async () => {
    const cut = JSON.stringify(COMPLETION).slice(0, 60);
    const headers = { "content-type": "application/json" };
    const { logs } = await captureLogs(() =>
      prompt("ask", () => new Response(cut, { headers }))().text(),
    );

    expect(logs[0]).toMatchObject({
      output: cut,
      metadata: { flowspan: { unreadable: [expect.stringContaining("broken JSON")] } },
    });
  });
});
