import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import OpenAI from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

const REQUEST = { model: "m", messages: [{ role: "user" as const, content: "x" }] };
const RESPONSE = {
  object: "chat.completion",
  model: "m-2",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 1 },
};

describe("a promise of the openai client", () => {
  const recording = useRecording();
  let server: Server;
  afterEach(() => void server.close());

  /** A wrapped call of a server that answers so. */
  async function asking(status: number, body: unknown) {
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new OpenAI({
      apiKey: "k",
      baseURL: `http://127.0.0.1:${port}/v1`,
      maxRetries: 0,
    });
    return prompt("ask", () => client.chat.completions.create(REQUEST));
  }

  it.each<[string, (asked: ReturnType<Awaited<ReturnType<typeof asking>>>) => unknown]>([
    ["await", async (asked) => asked],
    ["awaiting twice", async (asked) => [await asked, await asked]],
    ["Promise.all", (asked) => Promise.all([asked, asked])],
    ["catch", (asked) => asked.catch(() => 0)],
    ["finally", (asked) => asked.finally(() => 0)],
    ["withResponse", (asked) => asked.withResponse()],
  ])("ends its span once, with what it says, through %s", async (_way, take) => {
    const ask = await asking(200, RESPONSE);

    await take(ask());
    expect(recording.fields("ask")).toMatchObject({
      output_message: { content: "hi" },
      prompt_tokens: 3,
    });
  });

  it("ends its span with a failure that catch alone takes", async () => {
    const ask = await asking(400, { error: { message: "no" } });

    await ask().catch(() => 0);
    expect(recording.fields("ask").error).toContain("400");
  });
});

describe("a lazy thenable", () => {
  const recording = useRecording();
  const lazy = (work: () => unknown) => ({
    // biome-ignore lint/suspicious/noThenProperty: a query builder's own form
    then: (resolve: (value: unknown) => void) => resolve(work()),
  });

  it("does its work in the span's context, the consumer's handlers run outside", async () => {
    const child = tool("child", () => 7);
    const query = flow("query", () => lazy(child) as unknown as Promise<number>);

    const seen = await new Promise((resolve) => query().then(() => resolve(trace.getActiveSpan())));
    expect(seen).toBeUndefined();
    expect(recording.span("child").parentSpanContext?.spanId).toBe(
      recording.span("query").spanContext().spanId,
    );
  });

  it("that gives a failing promise raises no rejection of its own", async () => {
    const raised: unknown[] = [];
    const others = process.rawListeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (error) => raised.push(error));

    const query = flow("query", () => lazy(() => Promise.reject(new Error("inner"))));
    await expect(Promise.resolve(query())).rejects.toThrow("inner");
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.removeAllListeners("unhandledRejection");
    for (const other of others) process.on("unhandledRejection", other as () => void);
    expect(raised).toEqual([]);
    expect(recording.fields("query").error).toBe("Error: inner");
  });
});
