import { trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { describe, expect } from "vitest";
import { record } from "../../../src/index.ts";
import { promiseWithin } from "./promise.ts";
import { useSentLogs } from "./sent-logs.ts";

const MESSAGE = { role: "assistant", content: "hi" };
const RESPONSE = {
  object: "chat.completion",
  model: "gpt-4o-2024",
  choices: [{ index: 0, message: MESSAGE, finish_reason: "stop" }],
  usage: {
    prompt_tokens: 50,
    completion_tokens: 20,
    prompt_tokens_details: { cached_tokens: 30 },
    completion_tokens_details: { reasoning_tokens: 8 },
  },
};

/** A span of another instrumentation, round one call of a provider; gives its seconds. */
async function foreignCall(attributes: object = {}, error?: string): Promise<number> {
  return trace.getTracer("other").startActiveSpan("chat gpt-4o", async (span) => {
    span.setAttributes({
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      ...attributes,
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (error !== undefined) span.setStatus({ code: 2, message: error });
    span.end();
    const [seconds, nanos] = (span as unknown as ReadableSpan).duration;
    return seconds + nanos / 1e9;
  });
}

describe("4.7 a prompt's fields", () => {
  const sent = useSentLogs();
  const promise = promiseWithin({ types: ["prompt"] });
  const flowspan = () => (sent("go").metadata as { flowspan: Record<string, unknown> }).flowspan;

  promise("record() wins over the options", ({ wrap }) => {
    const body = () => record({ prompt: { model: "recorded" }, user: "recorded" });
    wrap(body, { prompt: { model: "option", temperature: 0.2 }, user: "option" })();

    expect(sent("go")).toMatchObject({
      prompt: { model: "recorded", temperature: 0.2 },
      user: "recorded",
    });
  });

  promise("record() wins over the return value", async ({ wrap }) => {
    await wrap(async () => {
      record({ promptTokens: 1 });
      return RESPONSE;
    })();

    expect(sent("go")).toMatchObject({ prompt_tokens: 1, output_tokens: 20 });
  });

  promise("the return value wins over a provider's span inside", async ({ wrap }) => {
    await wrap(async () => {
      await foreignCall({ "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 7 });
      return RESPONSE;
    })();

    expect(sent("go")).toMatchObject({ prompt_tokens: 50, output_tokens: 20 });
  });

  promise("a provider's span inside gives what nothing else has", async ({ wrap }) => {
    await wrap(async () => {
      await foreignCall({ "gen_ai.usage.input_tokens": 7, "gen_ai.request.temperature": 0.5 });
      return "hi";
    })();

    expect(sent("go")).toMatchObject({
      prompt: { model: "gpt-4o", temperature: 0.5 },
      prompt_tokens: 7,
      output: "hi",
    });
  });

  promise("the kernel's model is the request's, the response's is metadata", async ({ wrap }) => {
    await wrap(async () => RESPONSE, { prompt: { model: "gpt-4o" } })();

    expect(sent("go").prompt).toEqual({ model: "gpt-4o" });
    expect(flowspan().response_model).toBe("gpt-4o-2024");
  });

  promise("where no model is known it is unknown", async ({ wrap }) => {
    await wrap(async () => RESPONSE)();

    expect(sent("go").prompt).toEqual({ model: "unknown" });
  });

  promise("the tokens count all: cached ones and reasoning included", async ({ wrap }) => {
    await wrap(async () => RESPONSE)();

    expect(sent("go")).toMatchObject({ prompt_tokens: 50, output_tokens: 20 });
    expect(flowspan().usage).toEqual({ cached: 30, reasoning: 8 });
  });

  promise("the latency is the provider call's where one was seen", async ({ wrap }) => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
    let seconds = 0;
    await wrap(async () => {
      await wait();
      seconds = await foreignCall();
    })();
    await wrap(wait, "alone")();

    expect(sent("go").provider_latency).toBeCloseTo(seconds, 5);
    expect(sent("alone").provider_latency).toBeGreaterThan(0.018);
  });

  promise("failed attempts are told beside the one that succeeded", async ({ wrap }) => {
    await wrap(async () => {
      await foreignCall({}, "overloaded");
      await foreignCall({ "gen_ai.usage.input_tokens": 7 });
    })();

    expect(sent("go")).toMatchObject({ prompt_tokens: 7 });
    expect(flowspan().attempts).toEqual([{ error: "overloaded", seconds: expect.any(Number) }]);
  });

  promise("with a version targeted no details are sent", ({ wrap }) => {
    wrap(() => 1, { versionId: "prv_1", prompt: { model: "m" } })();

    expect(sent("go")).not.toHaveProperty("prompt");
  });
});
