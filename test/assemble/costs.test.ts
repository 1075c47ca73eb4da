import { describe, expect, it } from "vitest";
import { type AssembleOptions, assemble, type PricedCall } from "../../src/assemble/index.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { foreign, own, request, values } from "./spans.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One dollar for each token of the prompt, three for each of the output. */
const price: AssembleOptions["price"] = ({ models, promptTokens = 0, outputTokens = 0 }) =>
  models.includes("known") ? { promptCost: promptTokens, outputCost: 3 * outputTokens } : undefined;

const CHAT = {
  "gen_ai.request.model": "known",
  "gen_ai.usage.input_tokens": 10,
  "gen_ai.usage.output_tokens": 10,
};

function fieldsOf(view: SpanView, options: AssembleOptions = { price }): Fields {
  const [log] = assemble([view], options);
  if (log === undefined) throw new Error("no log");
  return values(log) as Fields;
}

function flowspanOf({ metadata }: Fields): Fields {
  return (metadata as { flowspan: Fields }).flowspan;
}

/** A reading that told what it cost. */
function withCosts(costs: Fields): SpanView {
  return own("prompt", 1, undefined, { prompt: { model: "known" }, prompt_tokens: 10, ...costs });
}

describe("the cost of a call", () => {
  it("is the price of its tokens", () => {
    const fields = fieldsOf(foreign("chat", 1, undefined, CHAT));

    expect(fields).toMatchObject({ prompt_cost: 10, output_cost: 30 });
    expect(flowspanOf(fields).cost_source).toBe("table");
  });

  it("is asked for with all that a price needs", () => {
    const asked: PricedCall[] = [];
    const attributes = {
      ...CHAT,
      "gen_ai.provider.name": "openai",
      "gen_ai.response.model": "known-2026",
      "gen_ai.usage.cache_read.input_tokens": 4,
      "gen_ai.usage.cache_write.input_tokens": 3,
    };
    fieldsOf(foreign("chat", 1, undefined, attributes), {
      price: (call) => {
        asked.push(call);
        return undefined;
      },
    });

    expect(asked).toEqual([
      {
        provider: "openai",
        models: ["known-2026", "known"],
        promptTokens: 10,
        outputTokens: 10,
        cachedTokens: 4,
        cacheWriteTokens: 3,
        atMillis: 1_795_300_801_000,
      },
    ]);
  });

  it("is asked for by the name of a provider that the Log API does not have", () => {
    const providers: unknown[] = [];
    fieldsOf(foreign("chat", 1, undefined, { ...CHAT, "gen_ai.provider.name": "x_ai" }), {
      price: ({ provider }) => void providers.push(provider),
    });

    expect(providers).toEqual(["x_ai"]);
  });

  it("is left out where there is no price, and where nobody prices", () => {
    const unknown = foreign("chat", 1, undefined, { ...CHAT, "gen_ai.request.model": "mine" });

    for (const fields of [fieldsOf(unknown), fieldsOf(foreign("chat", 1, undefined, CHAT), {})]) {
      expect(fields).not.toHaveProperty("prompt_cost");
      expect(fields).not.toHaveProperty("output_cost");
      expect(flowspanOf(fields)).not.toHaveProperty("cost_source");
    }
  });

  it("stays as it was recorded", () => {
    const fields = fieldsOf(withCosts({ prompt_cost: 0.5 }));

    expect(fields.prompt_cost).toBe(0.5);
    expect(fields).not.toHaveProperty("output_cost");
    expect(flowspanOf(fields).cost_source).toBe("provider");
  });

  it.each([
    ["known", { prompt_cost: 0.1, output_cost: 0.3 }],
    ["mine", { output_cost: 0.4 }],
  ])("that the provider tells for the whole call is divided as %s is priced", (model, expected) => {
    const attributes = { ...CHAT, "gen_ai.request.model": model, "flowspan.cost": 0.4 };
    const tokens = { prompt_tokens: 10, output_tokens: 10 };
    const fields = fieldsOf(
      request(1, undefined, { prompt: { model }, ...tokens }, {}, attributes),
    );

    const { prompt_cost, output_cost } = fields;
    expect(Object.fromEntries(Object.entries({ prompt_cost, output_cost }).filter(isSet))).toEqual(
      expected,
    );
    expect(flowspanOf(fields)).toMatchObject({
      cost_source: "provider",
      usage: { total_cost: 0.4 },
    });
  });

  function isSet([, value]: readonly [string, unknown]): boolean {
    return value !== undefined;
  }

  it("of an embedding stands with its usage", () => {
    const { "gen_ai.usage.output_tokens": _, ...attributes } = CHAT;
    const fields = fieldsOf(foreign("embeddings", 1, undefined, attributes));

    expect(flowspanOf(fields)).toMatchObject({
      usage: { prompt_tokens: 10, prompt_cost: 10 },
      cost_source: "table",
    });
  });

  it("is none where the tokens count on a log below", () => {
    const logs = assemble(
      [
        own("prompt", 1, undefined, { prompt: { model: "known" }, prompt_tokens: 2 }),
        foreign("chat", 2, 1, CHAT),
        foreign("chat", 3, 1, CHAT),
      ],
      { price },
    ).map((log) => values(log) as Fields);

    expect(logs.map(({ prompt_cost: cost }) => cost)).toEqual([undefined, undefined, 10, 10]);
  });
});

describe("an estimate of tokens", () => {
  const estimateTokens = (text: string): number => text.length;
  const STREAM = {
    prompt: { model: "known" },
    messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
    output_message: { role: "assistant", content: "hi" },
  };
  const streamed = (fields: Fields, attributes: Fields = {}): Fields =>
    fieldsOf(
      request(
        1,
        undefined,
        fields,
        {},
        {
          "gen_ai.response.time_to_first_chunk": 0.1,
          ...attributes,
        },
      ),
      { price, estimateTokens },
    );

  it("is made of what was said in a stream that told none", () => {
    const fields = streamed(STREAM);

    expect(fields).toMatchObject({
      prompt_tokens: 5,
      output_tokens: 2,
      prompt_cost: 5,
      output_cost: 6,
    });
    expect(flowspanOf(fields)).toMatchObject({
      usage: { estimated: true },
      cost_source: "estimated",
    });
  });

  it("is made of tool calls, and not of links, data and ids", () => {
    const { output_tokens: tokens } = streamed({
      ...STREAM,
      output_message: {
        role: "assistant",
        tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
        content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }],
      },
    });

    // "f", a line's end, "{}".
    expect(tokens).toBe(4);
  });

  it("is made only of what was not told", () => {
    const fields = streamed({ ...STREAM, prompt_tokens: 100 });

    expect(fields).toMatchObject({ prompt_tokens: 100, output_tokens: 2 });
  });

  it.each([
    ["a call that was not streamed", STREAM, { "gen_ai.response.time_to_first_chunk": undefined }],
    ["a call of no known model", { ...STREAM, prompt: undefined }, {}],
    ["a call that failed", { ...STREAM, error: "cut" }, {}],
    ["a call whose content is not recorded", { prompt: STREAM.prompt }, {}],
    ["a call that told all", { ...STREAM, prompt_tokens: 1, output_tokens: 1 }, {}],
  ])("is not made for %s", (_, fields, attributes) => {
    expect(flowspanOf(streamed(fields, attributes))).not.toHaveProperty("usage");
  });

  it("is not made below an agent that tells the sum", () => {
    const call = request(2, 1, STREAM, {}, { "gen_ai.response.time_to_first_chunk": 0.1 });
    const agent = foreign("invoke_agent", 1, undefined, { "gen_ai.usage.input_tokens": 5 });
    const [, log] = assemble([agent, call], { price, estimateTokens });

    expect(log?.fields).not.toHaveProperty("prompt_tokens");
  });

  it("looks no deeper into messages than they go", () => {
    const deep = JSON.parse(`${"[".repeat(50)}"x"${"]".repeat(50)}`) as unknown;

    expect(streamed({ ...STREAM, messages: [{ content: deep }] }).prompt_tokens).toBe(0);
  });
});
