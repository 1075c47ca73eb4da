import { type Attributes, context, diag, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FlowspanOptions, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import type { LogApiSink } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import { AGENT, tracerWith } from "./spans.ts";

const CALL: Attributes = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "anthropic",
  "gen_ai.request.model": "claude-sonnet-4-0",
  "gen_ai.response.model": "claude-sonnet-4-20250514",
  "gen_ai.usage.input_tokens": 1000,
  "gen_ai.usage.cache_read.input_tokens": 200,
  "gen_ai.usage.cache_creation.input_tokens": 300,
  "gen_ai.usage.output_tokens": 100,
};
/** 500 tokens at 3, 200 at 0.3 and 300 at 3.75 dollars for a million; 100 at 15. */
const COSTS = { prompt_cost: 0.002685, output_cost: 0.0015 };

let sink: LogApiSink;

beforeEach(async () => {
  sink = await startLogApiSink({ batch: true });
});

afterEach(async () => {
  vi.doUnmock("@pydantic/genai-prices");
  vi.resetModules();
  diag.disable();
  await sink.close();
});

/** Records an agent with these calls in a real SDK, and gives the logs that the server got. */
async function logsOf(
  calls: readonly Attributes[],
  options: FlowspanOptions = {},
  Processor = FlowspanSpanProcessor,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const processor = new Processor({ url: sink.url, ...options });
  const { tracer } = tracerWith(processor);
  const agent = tracer.startSpan("agent", { attributes: AGENT }, ROOT_CONTEXT);
  const inside = trace.setSpan(context.active(), agent);
  for (const attributes of calls) tracer.startSpan("chat", { attributes }, inside).end();
  agent.end();
  await processor.shutdown();
  return [...sink.logs.values()].filter(({ type }) => type !== "flow").map(({ fields }) => fields);
}

function flowspanOf(fields: Readonly<Record<string, unknown>> | undefined): unknown {
  return (fields?.metadata as { flowspan: unknown } | undefined)?.flowspan;
}

describe("costs", () => {
  it("arrive for a trace that ends and is flushed as soon as the processor is there", async () => {
    const [fields] = await logsOf([CALL]);

    expect(fields).toMatchObject(COSTS);
    expect(flowspanOf(fields)).toMatchObject({ cost_source: "table" });
  });

  it("arrive where nobody flushes", async () => {
    const processor = new FlowspanSpanProcessor({ url: sink.url });
    const { tracer } = tracerWith(processor);

    tracer.startSpan("chat", { attributes: CALL }).end();
    await expect.poll(() => sink.logs.size, { timeout: 5_000 }).toBe(1);

    expect([...sink.logs.values()][0]?.fields).toMatchObject(COSTS);
    await processor.shutdown();
  });

  it("are none for a model that nobody knows, and not 0", async () => {
    const [fields] = await logsOf([
      { ...CALL, "gen_ai.request.model": "mine-1", "gen_ai.response.model": "mine-1" },
    ]);

    expect(fields).toMatchObject({ prompt_tokens: 1000 });
    expect(fields).not.toHaveProperty("prompt_cost");
    expect(fields).not.toHaveProperty("output_cost");
    expect(flowspanOf(fields)).not.toHaveProperty("cost_source");
  });

  it("are turned off with `prices: false`", async () => {
    const [fields] = await logsOf([CALL], { prices: false });

    expect(fields).toMatchObject({ prompt_tokens: 1000 });
    expect(fields).not.toHaveProperty("prompt_cost");
  });

  it("are an estimate, and marked as one, for a stream that told no tokens", async () => {
    const says = (role: string, content: string) =>
      JSON.stringify([{ role, parts: [{ type: "text", content }], finish_reason: "stop" }]);
    const [fields] = await logsOf([
      {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.time_to_first_chunk": 0.2,
        "gen_ai.input.messages": says("user", "What is the capital of France, please?"),
        "gen_ai.output.messages": says("assistant", "The capital of France is Paris."),
      },
    ]);

    // 9 and 7 tokens by OpenAI's tokenizer.
    expect(Math.abs(Number(fields?.prompt_tokens) - 9)).toBeLessThanOrEqual(2);
    expect(Math.abs(Number(fields?.output_tokens) - 7)).toBeLessThanOrEqual(2);
    expect(fields?.output_cost).toBeCloseTo((Number(fields?.output_tokens) * 10) / 1e6, 12);
    expect(flowspanOf(fields)).toMatchObject({
      usage: { estimated: true },
      cost_source: "estimated",
    });
  });

  it("are left out where the table can't be loaded, which is said once", async () => {
    const warnings = vi.fn();
    diag.setLogger({ warn: warnings, error() {}, info() {}, debug() {}, verbose() {} });
    vi.resetModules();
    vi.doMock("@pydantic/genai-prices", () => {
      throw new Error("not installed");
    });
    const fresh = await import("../../src/otel/index.ts");

    const [fields] = await logsOf([CALL, CALL], {}, fresh.FlowspanSpanProcessor);

    expect(fields).toMatchObject({ prompt_tokens: 1000 });
    expect(fields).not.toHaveProperty("prompt_cost");
    const said = warnings.mock.calls.filter(([text]) => String(text).includes("prices:"));
    expect(said).toHaveLength(1);
  });

  it("take a true or a false for an option only", () => {
    const options = { prices: "no" } as unknown as FlowspanOptions;

    expect(() => new FlowspanSpanProcessor(options)).toThrow(/prices: expected true or false/);
  });
});
