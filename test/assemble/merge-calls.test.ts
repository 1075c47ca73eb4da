import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { foreign, logId, own, request, span, values } from "./spans.ts";

const MODEL = { "gen_ai.request.model": "gpt-4o" };
const TOKENS = { "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 3 };
const FAILED = { status: { code: 2, message: "429 Too Many Requests" } };

type Fields = Readonly<Record<string, unknown>>;

/** The logs' fields by the number of their span, whatever the order of the spans. */
function logsOf(spans: readonly SpanView[]): ReadonlyMap<number, Fields> {
  const byNumber = (each: readonly SpanView[]) =>
    new Map(
      assemble(each).map((log) => [Number.parseInt(log.id.slice(-16), 16), values(log) as Fields]),
    );
  const logs = byNumber(spans);
  expect(byNumber(spans.toReversed())).toEqual(logs);
  return logs;
}

function onlyLog(spans: readonly SpanView[]): Fields {
  const logs = [...logsOf(spans).values()];
  expect(logs).toHaveLength(1);
  return logs[0] ?? {};
}

function flowspanOf({ metadata }: Fields): Fields {
  return (metadata as { flowspan: Fields }).flowspan;
}

/** Runs from a millisecond to another one after the fixed time. */
function at(startMillis: number, endMillis: number): Partial<SpanView> {
  const time = (millis: number) =>
    [1_795_300_801 + Math.floor(millis / 1000), (millis % 1000) * 1e6] as const;
  return { startTime: time(startMillis), endTime: time(endMillis) };
}

describe("a request below another instrumentation's call", () => {
  it("is that call: one log, with what each of the two knows", () => {
    const fields = onlyLog([
      foreign("chat", 1, undefined, { ...MODEL, "gen_ai.response.id": "r1" }, at(0, 1000)),
      request(2, 1, { output: "hi", prompt_tokens: 12, output_tokens: 3 }, at(100, 900)),
    ]);

    expect(fields).toMatchObject({
      output: "hi",
      prompt_tokens: 12,
      output_tokens: 3,
      provider_latency: 0.8,
      prompt: { model: "gpt-4o" },
    });
  });

  it("does not take the place of what the call says itself", () => {
    const fields = onlyLog([
      foreign("chat", 1, undefined, { ...MODEL, ...TOKENS }),
      request(2, 1, { prompt: { model: "gpt-4o-mini" }, prompt_tokens: 99, finish_reason: "stop" }),
    ]);

    expect(fields).toMatchObject({
      prompt: { model: "gpt-4o" },
      prompt_tokens: 12,
      output_tokens: 3,
      finish_reason: "stop",
    });
  });

  it("tells the error where the call has its type alone", () => {
    const fields = onlyLog([
      foreign("chat", 1, undefined, MODEL, { status: { code: 2, message: "not_found_error" } }),
      request(2, 1, { error: "not_found_error: 404 no such model" }),
    ]);

    expect(fields.error).toBe("not_found_error: 404 no such model");
  });

  it("names the model where the call does not", () => {
    const fields = onlyLog([
      foreign("chat", 1, undefined, TOKENS),
      request(2, 1, { prompt: { model: "gpt-4o", temperature: 0.5 } }),
    ]);

    expect(fields.prompt).toMatchObject({ model: "gpt-4o", temperature: 0.5 });
  });

  it("adds the parts of the usage that the call leaves out", () => {
    const cached = { "gen_ai.usage.cache_read.input_tokens": 4 };
    const fields = onlyLog([
      foreign("chat", 1, undefined, { ...MODEL, ...TOKENS, ...cached }),
      request(2, 1, {}, {}, { "gen_ai.usage.reasoning.output_tokens": 2 }),
    ]);

    expect(flowspanOf(fields).usage).toEqual({ cached: 4, reasoning: 2 });
  });

  it("may have a span without a log between", () => {
    const logs = logsOf([foreign("chat", 1, undefined, MODEL), span(2, 1), request(3, 2)]);

    expect([...logs.keys()]).toEqual([1]);
  });

  it("is an attempt where it failed and another one was answered", () => {
    const fields = onlyLog([
      foreign("chat", 1, undefined, MODEL, at(0, 1000)),
      request(2, 1, { error: "429 slow down" }, at(10, 20)),
      request(3, 1, { error: "500 oh no" }, at(100, 150)),
      request(4, 1, { output: "hi", prompt_tokens: 12 }, at(200, 900)),
    ]);

    expect(fields).toMatchObject({ output: "hi", prompt_tokens: 12, provider_latency: 0.7 });
    expect(fields.error).toBeUndefined();
    expect(flowspanOf(fields).attempts).toEqual([
      { error: "429 slow down", seconds: 0.01 },
      { error: "500 oh no", seconds: 0.05 },
    ]);
  });

  it("gives its error where none was answered", () => {
    const fields = onlyLog([
      foreign("chat", 1, undefined, MODEL),
      request(2, 1, { error: "429 first" }),
      request(3, 1, { error: "429 last" }),
    ]);

    expect(fields.error).toBe("429 last");
    expect(flowspanOf(fields).attempts).toMatchObject([
      { error: "429 first" },
      { error: "429 last" },
    ]);
  });

  it("keeps its log where several were answered, and alone its tokens", () => {
    const logs = logsOf([
      own("flow", 9, undefined),
      foreign("chat", 1, 9, { ...MODEL, ...TOKENS }),
      request(2, 1, { prompt_tokens: 5 }),
      request(3, 1, { prompt_tokens: 7 }),
    ]);

    expect([...logs].map(([number, { prompt_tokens }]) => [number, prompt_tokens])).toEqual([
      [9, undefined],
      [1, undefined],
      [2, 5],
      [3, 7],
    ]);
  });

  it("keeps its log where it is of another kind", () => {
    const logs = logsOf([
      own("flow", 9, undefined),
      foreign("chat", 1, 9, MODEL),
      foreign("embeddings", 2, 1, { "flowspan.call": true, ...MODEL }),
    ]);

    expect([...logs.keys()]).toEqual([9, 1, 2]);
  });

  it("may be of a stream that goes on after the call: the log ends with it", () => {
    const fields = onlyLog([
      foreign("chat", 1, undefined, MODEL, at(0, 200)),
      request(2, 1, { output: "hi" }, at(10, 5_000)),
    ]);

    expect(fields).toMatchObject({
      start_time: "2026-11-21T22:40:01.000000Z",
      end_time: "2026-11-21T22:40:06.000000Z",
      provider_latency: 4.99,
    });
  });

  it("folds with its call into our own prompt", () => {
    const fields = onlyLog([
      own("prompt", 1, undefined, { inputs: { q: 1 } }),
      foreign("chat", 2, 1, { ...MODEL, ...TOKENS }, at(0, 900)),
      request(3, 2, { error: "429" }, at(10, 20)),
      request(4, 2, { output: "hi" }, at(100, 800)),
    ]);

    expect(fields).toMatchObject({
      path: "prompt/1",
      inputs: { q: 1 },
      output: "hi",
      prompt: { model: "gpt-4o" },
      prompt_tokens: 12,
      provider_latency: 0.7,
    });
    expect(flowspanOf(fields).attempts).toEqual([{ error: "429", seconds: 0.01 }]);
  });

  it("tells the attempts of every try of a framework in our own prompt", () => {
    const fields = onlyLog([
      own("prompt", 1, undefined),
      foreign("invoke_agent", 2, 1),
      foreign("chat", 3, 2, MODEL, { ...at(0, 100), ...FAILED }),
      request(4, 3, { error: "429 a" }, at(0, 10)),
      request(5, 3, { error: "429 b" }, at(20, 30)),
      foreign("chat", 6, 2, MODEL, at(200, 300)),
      request(7, 6, { error: "429 c" }, at(200, 210)),
      request(8, 6, { output: "hi" }, at(220, 290)),
    ]);

    const attempts = flowspanOf(fields).attempts as readonly { error: string }[];
    expect(attempts.map(({ error }) => error)).toEqual([
      "429 a",
      "429 b",
      "429 Too Many Requests",
      "429 c",
    ]);
    expect(fields).toMatchObject({ output: "hi" });
    expect(fields.error).toBeUndefined();
  });
});

describe("two instrumentations' spans of one call", () => {
  const outer = (attributes: Fields = {}, more: Partial<SpanView> = at(0, 1000)): SpanView =>
    foreign("chat", 1, undefined, { ...MODEL, ...TOKENS, ...attributes }, more);
  const inner = (attributes: Fields = {}, more: Partial<SpanView> = at(10, 990)): SpanView =>
    foreign("chat", 2, 1, { ...MODEL, ...TOKENS, ...attributes }, more);
  const says = (text: string): string =>
    JSON.stringify([{ role: "user", parts: [{ type: "text", content: text }] }]);

  it("are one log, by the outer one's id", () => {
    const [log, more] = assemble([outer(), inner()]);

    expect(more).toBeUndefined();
    expect(log?.id).toBe(logId(1));
  });

  it("have the inner one's tokens, and the outer one's messages where the inner has none", () => {
    const fields = onlyLog([
      outer({ "gen_ai.input.messages": says("hello"), "gen_ai.usage.input_tokens": undefined }),
      inner({ "gen_ai.usage.cache_read.input_tokens": 4 }),
    ]);

    expect(fields).toMatchObject({
      prompt_tokens: 12,
      output_tokens: 3,
      messages: [{ role: "user", content: "hello" }],
      provider_latency: 0.98,
    });
    expect(flowspanOf(fields).usage).toEqual({ cached: 4 });
  });

  it("have the inner one's messages where both have some", () => {
    const fields = onlyLog([
      outer({ "gen_ai.input.messages": says("as it was given") }),
      inner({ "gen_ai.input.messages": says("as it was sent") }),
    ]);

    expect(fields.messages).toEqual([{ role: "user", content: "as it was sent" }]);
  });

  it("have the outer one's messages where it has more, and its answer where it alone calls tools", () => {
    const parts = (content: string) => [{ type: "text", content }];
    const call = { type: "tool_call", id: "call_1", name: "search", arguments: { q: "x" } };
    const fields = onlyLog([
      outer({
        "gen_ai.input.messages": JSON.stringify([
          { role: "system", parts: parts("be brief") },
          { role: "user", parts: parts("hello") },
        ]),
        "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts: [call] }]),
      }),
      inner({
        "gen_ai.input.messages": says("system: be brief, user: hello"),
        "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts: parts("None") }]),
      }),
    ]);

    expect(fields).toMatchObject({
      messages: [{ content: "be brief" }, { content: "hello" }],
      output_message: { tool_calls: [{ id: "call_1" }] },
    });
    expect(fields.output).not.toBe("None");
  });

  it("keep the outer one's name and session", () => {
    const fields = onlyLog([
      outer({ "gen_ai.prompt.name": "greet", "gen_ai.conversation.id": "outer" }),
      inner({ "gen_ai.prompt.name": "chat", "gen_ai.conversation.id": "inner" }),
    ]);

    expect(fields).toMatchObject({ path: "greet", session_id: "outer" });
  });

  it("may be three, with the request below", () => {
    const fields = onlyLog([
      outer({}, at(0, 1000)),
      inner({}, at(5, 995)),
      foreign("chat", 3, 2, { ...MODEL, ...TOKENS }, at(10, 990)),
      request(4, 3, { output: "hi" }, at(20, 980)),
    ]);

    expect(fields).toMatchObject({ output: "hi", provider_latency: 0.96 });
  });

  it("name a routed model with its vendor or without", () => {
    onlyLog([outer({ "gen_ai.request.model": "openai/gpt-4o" }), inner()]);
  });

  it("may both have failed", () => {
    const fields = onlyLog([
      outer({}, { ...at(0, 1000), ...FAILED }),
      inner({}, { ...at(5, 995), ...FAILED }),
    ]);

    expect(fields.error).toContain("429");
  });

  it("may be as short as a clock's step", () => {
    onlyLog([outer({}, at(0, 3)), inner({}, at(1, 2))]);
  });

  it("of an embedding are one, too", () => {
    const fields = onlyLog([
      foreign("embeddings", 1, undefined, { ...MODEL, "gen_ai.usage.input_tokens": 5 }),
      foreign(
        "embeddings",
        2,
        1,
        { ...MODEL, "gen_ai.usage.input_tokens": 5 },
        {
          startTime: [1_795_300_801, 1_000_000],
          endTime: [1_795_300_802, 1_000_000],
        },
      ),
    ]);

    expect(flowspanOf(fields).usage).toEqual({ prompt_tokens: 5 });
  });

  it.each<[string, readonly SpanView[]]>([
    ["another model", [outer(), inner({ "gen_ai.request.model": "gpt-4o-mini" })]],
    ["no model", [outer({ "gen_ai.request.model": undefined }), inner()]],
    ["other tokens", [outer(), inner({ "gen_ai.usage.output_tokens": 4 })]],
    ["a part of the time", [outer(), inner({}, at(10, 800))]],
    ["only one that failed", [outer(), inner({}, { ...at(10, 990), ...FAILED })]],
    [
      "one that is an agent's",
      [foreign("invoke_agent", 1, undefined, MODEL, at(0, 1000)), inner()],
    ],
    [
      "two below one",
      [outer(), inner(), foreign("chat", 3, 1, { ...MODEL, ...TOKENS }, at(10, 990))],
    ],
  ])("are not %s: each has its log, and the tokens count once", (_, spans) => {
    const logs = [...logsOf([own("flow", 9, undefined), ...spans.map(below9)]).values()];

    expect(logs).toHaveLength(spans.length + 1);
    const counted = logs.filter(({ prompt_tokens }) => prompt_tokens !== undefined);
    expect(counted).toHaveLength(spans.length - 1);
  });

  function below9(view: SpanView): SpanView {
    return view.parentSpanId === undefined
      ? { ...view, parentSpanId: "0000000000000009", parentIsRemote: false }
      : view;
  }
});
