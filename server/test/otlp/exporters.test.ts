import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it, onTestFinished } from "vitest";
import { flow, prompt, record } from "../../../src/index.ts";
import { start } from "../../../src/node/index.ts";
import { type Json, startTestServer, type TestServer } from "../http/test-server.ts";

async function listen(): Promise<TestServer & { url: string }> {
  const server = await startTestServer();
  const url = await server.server.listen({ port: 0, host: "127.0.0.1" });
  return { ...server, url };
}

describe("OpenTelemetry's own exporter", () => {
  it("sends a program's spans, which are its logs", async () => {
    const server = await listen();
    const exporter = new OTLPTraceExporter({
      url: `${server.url}/v1/traces`,
      compression: "gzip" as never,
    });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ "service.name": "program" }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer("test", "1.0");

    const root = tracer.startSpan("ask", {
      kind: SpanKind.SERVER,
      attributes: { "http.route": "/ask" },
    });
    const above = trace.setSpan(context.active(), root);
    const [chat, tool] = [
      tracer.startSpan(
        "chat gpt-4o",
        {
          attributes: {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.input_tokens": 1_000,
            "gen_ai.usage.output_tokens": 100,
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.conversation.id": "conversation",
          },
        },
        above,
      ),
      tracer.startSpan(
        "execute_tool search",
        { attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search" } },
        above,
      ),
    ];
    // Both may start within one millisecond of this clock, which then tells no order.
    chat?.end();
    tool?.setStatus({ code: SpanStatusCode.ERROR, message: "no result" });
    tool?.end();
    root.end();
    await provider.shutdown();

    const { body } = await server.get<{ traces: { id: string }[] }>("/api/traces");
    expect(body.traces).toHaveLength(1);
    const made = await server.read(body.traces[0]?.id);
    expect(made).toMatchObject({
      id: `log_${root.spanContext().traceId}`,
      flow: { path: "ask" },
      trace_status: "complete",
      source: "program",
    });
    expect(made.trace_children).toHaveLength(2);
    expect(made.trace_children).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: `log_${root.spanContext().traceId}${chat?.spanContext().spanId}`,
          prompt: expect.objectContaining({ model: "gpt-4o" }),
          prompt_tokens: 1_000,
          prompt_cost: 0.0025,
          output_cost: 0.001,
          finish_reason: "stop",
          session_id: "conversation",
        }),
        expect.objectContaining({ error: "no result" }),
      ]),
    );
  });
});

describe("a program that sends its spans and its logs", () => {
  it("has every log once, with the fields that either way gives", async () => {
    const onlyLogs = await logsOf("logs");
    const both = await logsOf("both");
    const onlySpans = await logsOf("spans");

    expect(onlyLogs).toHaveLength(3);
    expect(both).toEqual(onlyLogs);
    expect(onlySpans).toEqual(onlyLogs);
  });
});

/** What a small agent leaves on a server, top first, without ids and times. */
async function logsOf(way: "logs" | "spans" | "both"): Promise<unknown[]> {
  const server = await listen();
  const elsewhere = way === "spans" ? await listen() : server;
  const tracing = start({
    serviceName: "agent",
    url: `${elsewhere.url}/v5`,
    ...(way !== "logs" && { otlpUrl: server.url }),
    spoolDir: false,
  });
  onTestFinished(async () => {
    await tracing.shutdown();
  });
  const answer = prompt(
    { path: "agent/answer", prompt: { model: "gpt-4o" }, inputs: ["question"] },
    async (question: string) => {
      record({ promptTokens: 5, outputTokens: 3, sessionId: "s" });
      return `answer to ${question}`;
    },
  );
  const agent = flow("agent", async (question: string) => [
    await answer(question),
    await answer("again"),
  ]);

  await agent("why");
  await tracing.shutdown();

  const { body } = await server.get<{ traces: { id: string }[] }>("/api/traces");
  expect(body.traces).toHaveLength(1);
  const root = await server.read(body.traces[0]?.id);
  expect(root.trace_status).toBe("complete");
  const logs = [root, ...root.trace_children].map(toComparable);
  // The two calls may have started in one millisecond, and no span tells more.
  return logs.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const COMPARED = [
  "inputs",
  "output",
  "prompt_tokens",
  "output_tokens",
  "session_id",
  "source",
  "save",
];

function toComparable(log: Json): unknown {
  const { path, model } = (log.flow ?? log.prompt) as Json;
  const fields = COMPARED.map((name) => [name, log[name]]);
  return { path, model, ...Object.fromEntries(fields) };
}
