import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import { toJsonText } from "../../src/base/json-text.ts";
import type { LogDraft } from "../../src/base/log-types.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { foreign, logId, own, span, TRACE_ID, values } from "./spans.ts";

/** `prompt 0003 < 0002 in 0001`: type, id, parent and root by the last digits. */
function tree(spans: readonly SpanView[]): readonly string[] {
  const digits = (id: string | undefined): string => id?.slice(-4) ?? "-";
  return assemble(spans).map(
    ({ type, id, parentId, rootId }) =>
      `${type} ${digits(id)} < ${digits(parentId)} in ${digits(rootId)}`,
  );
}

function fieldsOf(spans: readonly SpanView[], number: number): Record<string, unknown> {
  return values(find(assemble(spans), number)) as Record<string, unknown>;
}

function find(logs: readonly LogDraft[], number: number): LogDraft {
  const log = logs.find(({ id }) => id === logId(number));
  if (log === undefined) throw new Error(`no log of span ${number}`);
  return log;
}

function flowspanMeta(spans: readonly SpanView[], number: number): Record<string, unknown> {
  const metadata = fieldsOf(spans, number).metadata as { flowspan: Record<string, unknown> };
  return metadata.flowspan;
}

describe("the logs of a span tree", () => {
  const trees: readonly [string, readonly SpanView[], readonly string[]][] = [
    [
      "nest as the spans do",
      [own("flow", 1, undefined), own("flow", 2, 1), own("tool", 3, 2), own("prompt", 4, 1)],
      [
        "flow 0001 < - in 0001",
        "flow 0002 < 0001 in 0001",
        "tool 0003 < 0002 in 0001",
        "prompt 0004 < 0001 in 0001",
      ],
    ],
    [
      "come with parents before children and siblings by start time",
      [own("tool", 4, 3), own("tool", 3, 1), own("tool", 2, 1), own("flow", 1, undefined)],
      [
        "flow 0001 < - in 0001",
        "tool 0002 < 0001 in 0001",
        "tool 0003 < 0001 in 0001",
        "tool 0004 < 0003 in 0001",
      ],
    ],
    [
      "pass through spans that no dialect knows",
      [own("flow", 1, undefined), span(2, 1), span(3, 2), own("tool", 4, 3)],
      ["flow 0001 < - in 0001", "tool 0004 < 0001 in 0001"],
    ],
    [
      "are two traces for two topmost Flows under one span",
      [
        span(1, undefined),
        own("flow", 2, 1),
        own("flow", 3, 1),
        own("tool", 4, 2),
        own("tool", 5, 3),
      ],
      [
        "flow 0002 < - in 0002",
        "tool 0004 < 0002 in 0002",
        "flow 0003 < - in 0003",
        "tool 0005 < 0003 in 0003",
      ],
    ],
    [
      "stand alone without a Flow",
      [span(1, undefined), own("prompt", 2, 1)],
      ["prompt 0002 < - in -"],
    ],
    [
      "get a Flow when several have none",
      [span(1, undefined), own("prompt", 2, 1), own("tool", 3, 2)],
      ["flow 319c < - in 319c", "prompt 0002 < 319c in 319c", "tool 0003 < 0002 in 319c"],
    ],
    [
      "beside a topmost Flow follow the same rule among themselves",
      [span(1, undefined), own("flow", 2, 1), own("tool", 3, 1), own("tool", 4, 1)],
      [
        "flow 319c < - in 319c",
        "tool 0003 < 319c in 319c",
        "tool 0004 < 319c in 319c",
        "flow 0002 < - in 0002",
      ],
    ],
    [
      "make a topmost Flow even below a prompt without one",
      [own("prompt", 1, undefined), own("flow", 2, 1)],
      ["prompt 0001 < - in -", "flow 0002 < - in 0002"],
    ],
    [
      "take a span whose parent is not there for a root",
      [own("flow", 2, 1), own("tool", 3, 2)],
      ["flow 0002 < - in 0002", "tool 0003 < 0002 in 0002"],
    ],
    [
      "survive spans that are their own parents",
      [own("flow", 1, 2), own("tool", 2, 1), own("tool", 3, 3)],
      ["flow 0001 < - in 0001", "tool 0002 < 0001 in 0001", "tool 0003 < - in -"],
    ],
    ["are none for no spans", [], []],
  ];
  it.each(trees)("%s", (_, spans, expected) => {
    expect(tree(spans)).toEqual(expected);
    expect(tree(spans.toReversed())).toEqual(expected);
  });

  it("keep traces apart", () => {
    const other = "f".repeat(32);
    const logs = assemble([own("flow", 1, undefined), own("tool", 2, 1, {}, { traceId: other })]);

    expect(logs.map(({ id, rootId }) => [id, rootId])).toEqual([
      [logId(1), logId(1)],
      [`log_${other}0000000000000002`, undefined],
    ]);
  });

  it("go 20,000 spans deep", () => {
    const spans = Array.from({ length: 20_000 }, (_, index) =>
      own("tool", index + 1, index === 0 ? undefined : index),
    );

    expect(assemble(spans)).toHaveLength(20_001);
  });

  it("give a local root of another process's trace a made Flow of its own", () => {
    const remote = { parentIsRemote: true };
    const [flow] = assemble([span(2, 1, remote), own("tool", 3, 2), own("tool", 4, 2)]);

    expect(flow?.id).toBe(`log_${TRACE_ID}0000000000000002_flow`);
  });
});

describe("a log's fields", () => {
  it("take times from the span to the microsecond, without rounding", () => {
    const fields = fieldsOf(
      [
        own(
          "tool",
          1,
          undefined,
          {},
          {
            startTime: [1_795_300_801, 123_456_999],
            endTime: [1_795_300_802, 123_457_000],
          },
        ),
      ],
      1,
    );

    expect(fields).toMatchObject({
      start_time: "2026-11-21T22:40:01.123456Z",
      end_time: "2026-11-21T22:40:02.123457Z",
      provider_latency: 1.000000001,
    });
  });

  it("keep what was recorded over what the span says", () => {
    const given = {
      start_time: "2020-01-01T00:00:00Z",
      end_time: "2020-01-02T00:00:00Z",
      provider_latency: 0.25,
      source: "cron",
    };

    expect(fieldsOf([own("flow", 1, undefined, given)], 1)).toMatchObject(given);
  });

  it("have no end while the span is open", () => {
    const log = find(assemble([own("flow", 1, undefined, {}, { endTime: undefined })]), 1);

    expect(log.ended).toBe(false);
    expect(Object.keys(log.fields)).not.toContain("end_time");
    expect(Object.keys(log.fields)).not.toContain("provider_latency");
  });

  it("have no value for a time that is none", () => {
    const fields = fieldsOf([own("flow", 1, undefined, {}, { startTime: [Number.NaN, 0] })], 1);

    expect(fields).toMatchObject({ start_time: null, provider_latency: null });
  });

  it("splice our metadata into the caller's", () => {
    const otel = { trace_id: TRACE_ID, span_id: "0000000000000001", service: "shop" };
    const metadata = (given: unknown): unknown =>
      fieldsOf([own("flow", 1, undefined, { metadata: given })], 1).metadata;

    expect(metadata({ tier: "gold" })).toEqual({ tier: "gold", flowspan: { outcome: "ok", otel } });
    expect(metadata({})).toEqual({ flowspan: { outcome: "ok", otel } });
    expect(metadata("no object")).toEqual({ flowspan: { outcome: "ok", otel } });
    expect(metadata({ flowspan: 1 })).toEqual({ flowspan: { outcome: "ok", otel } });
  });

  it("of other instrumentations stand over those of the context", () => {
    const contextFields = {
      user: toJsonText("ada"),
      session_id: toJsonText("s1"),
      messages: toJsonText([]),
      metadata: toJsonText({ tenant: 7 }),
    };
    const tool = foreign("execute_tool", 1, undefined, { "user.id": "bob" }, { contextFields });
    const fields = fieldsOf([tool], 1);

    expect(fields).toMatchObject({ user: "bob", session_id: "s1", metadata: { tenant: 7 } });
    expect(fields.messages).toBeUndefined();
  });

  it("lose their payload with save: false, and so do all below", () => {
    const payload = { inputs: { a: 1 }, output: "x", provider_request: {} };
    const logs = assemble([
      own("flow", 1, undefined, { ...payload, save: false, error: "kept" }),
      span(2, 1),
      own("tool", 3, 2, { ...payload, save: true }),
    ]);

    for (const log of logs) {
      expect(log.save).toBe(false);
      const fields = values(log) as Record<string, unknown>;
      expect(fields.save).toBe(false);
      for (const name of Object.keys(payload)) expect(fields[name]).toBeUndefined();
    }
    expect(values(find(logs, 1))).toMatchObject({ error: "kept", path: "flow/1" });
  });

  it("lose their payload when no content is wanted", () => {
    const chat = foreign("chat", 1, undefined, {
      "gen_ai.input.messages": '[{"role":"user","parts":[]}]',
    });
    const [log] = assemble([chat], { content: "none" });

    expect(log?.fields.messages).toBeUndefined();
    expect(log?.save).toBe(true);
  });

  it("have the smallest kernel that the server takes", () => {
    const spans = [own("flow", 1, undefined), own("prompt", 2, 1), own("tool", 3, 1)];

    expect(fieldsOf(spans, 1).flow).toEqual({ attributes: {} });
    expect(fieldsOf(spans, 2).prompt).toEqual({ model: "unknown" });
    expect(fieldsOf(spans, 3).tool).toEqual({ function: { name: "3", description: "" } });
  });

  it.each([
    [
      { model: "gpt-4o", temperature: 0 },
      { model: "gpt-4o", temperature: 0 },
    ],
    [
      { template: "Hi", model: "o3" },
      { template: "Hi", model: "o3" },
    ],
    [{ template: "Hi" }, { template: "Hi", model: "gpt-4o-mini" }],
    [{ attributes: { model: "no" } }, { attributes: { model: "no" }, model: "gpt-4o-mini" }],
    ["[masked]", { model: "gpt-4o-mini" }],
  ])("complete a prompt's kernel %j", (prompt, expected) => {
    const attributes = { "gen_ai.request.model": "gpt-4o-mini" };

    expect(fieldsOf([own("prompt", 1, undefined, { prompt }, { attributes })], 1).prompt).toEqual(
      expected,
    );
  });

  it("send no details with a query that targets a version", () => {
    const query = { versionId: "prv_1" };
    const [log] = assemble([own("prompt", 1, undefined, { prompt: { model: "a" } }, { query })]);

    expect(log?.query).toEqual(query);
    expect(log?.fields.prompt).toBeUndefined();
  });
});

describe("a log's path", () => {
  const agent = { "gen_ai.agent.name": "Planner", "gen_ai.request.model": "gpt-4o" };
  const paths: readonly [string, readonly SpanView[], number, string | undefined][] = [
    ["is the recorded one", [own("flow", 1, undefined, { path: "a/b" })], 1, "a/b"],
    [
      "is none when an id was given",
      [own("flow", 1, undefined, { path: undefined, id: "fl_1" })],
      1,
      undefined,
    ],
    [
      "is an own span's name when none was recorded",
      [own("flow", 1, undefined, { path: undefined }, { name: "answer" })],
      1,
      "answer",
    ],
    ["is the agent's name", [foreign("invoke_agent", 1, undefined, agent)], 1, "Planner"],
    [
      "is the tool's name",
      [foreign("execute_tool", 1, undefined, { "gen_ai.tool.name": "search" })],
      1,
      "search",
    ],
    [
      "is the operation under the nearest Flow",
      [own("flow", 1, undefined), own("tool", 2, 1), foreign("chat", 3, 2, agent)],
      3,
      "flow/1/chat",
    ],
    [
      "is the service and the kind without a Flow",
      [foreign("chat", 1, undefined, agent)],
      1,
      "shop/prompt",
    ],
  ];
  it.each(paths)("%s", (_, spans, number, expected) => {
    expect(fieldsOf(spans, number).path).toBe(expected);
  });

  const http = { "http.request.method": "GET" };
  const roots: readonly [string, Partial<SpanView>, string][] = [
    ["the local root's name", { name: "nightly job" }, "nightly job"],
    [
      "an HTTP root's route",
      { name: "GET /u/7", attributes: { ...http, "http.route": "/u/:id" } },
      "u/:id",
    ],
    [
      "the service where an HTTP root has no route",
      { name: "GET /u/7", attributes: http },
      "shop/flow",
    ],
    [
      "the service where the root's name holds the model",
      { name: "embeddings e-1", attributes: { "gen_ai.request.model": "e-1" } },
      "shop/flow",
    ],
    ["the service where the root's name holds an id", { name: "job 1795300801" }, "shop/flow"],
    ["the service where the root has not ended", { endTime: undefined }, "shop/flow"],
  ];
  it.each(roots)("of a made Flow is %s", (_, root, expected) => {
    const [flow] = assemble([span(1, undefined, root), own("tool", 2, 1), own("tool", 3, 1)]);

    expect(flow?.fields.path).toBe(JSON.stringify(expected));
  });

  it("of a made Flow comes from the local root's where that is a log", () => {
    const [flow, prompt] = assemble([foreign("chat", 1, undefined), foreign("execute_tool", 2, 1)]);

    expect(flow?.fields.path).toBe('"shop/prompt/flow"');
    expect(prompt?.fields.path).toBe('"shop/prompt"');
  });

  it("can be bounded where nobody chose it", () => {
    const options = { madePath: (path: string, type: string) => `${type}:${path.length}` };
    const [chosen, made] = assemble([own("flow", 1, undefined), foreign("chat", 2, 1)], options);

    expect(chosen?.fields.path).toBe('"flow/1"');
    expect(made?.fields.path).toBe('"prompt:11"');
  });

  it("has the program alone of a service that nobody named", () => {
    const resource = { "service.name": "unknown_service:/usr/local/bin/deno" };

    const [log] = assemble([foreign("chat", 1, undefined, {}, { resource })]);

    expect(log?.fields).toMatchObject({
      path: '"unknown_service:deno/prompt"',
      source: '"unknown_service:deno"',
    });
  });

  it("takes the service from the options before the resource", () => {
    const [log] = assemble([foreign("chat", 1, undefined)], { serviceName: "desk" });

    expect(values(log as LogDraft)).toMatchObject({ path: "desk/prompt", source: "desk" });
  });
});

describe("usage", () => {
  const tokens = { "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5 };

  it("stands on the innermost call alone", () => {
    const spans = [
      foreign("invoke_agent", 1, undefined, tokens),
      foreign("chat", 2, 1, { ...tokens, "gen_ai.usage.cache_read.input_tokens": 4 }),
    ];

    expect(fieldsOf(spans, 2)).toMatchObject({ prompt_tokens: 10, output_tokens: 5 });
    expect(flowspanMeta(spans, 2).usage).toEqual({ cached: 4 });
    expect(flowspanMeta(spans, 1).usage).toBeUndefined();
  });

  it("stays with the agent when no call below reports any", () => {
    const spans = [foreign("invoke_agent", 1, undefined, tokens), foreign("chat", 2, 1)];

    expect(flowspanMeta(spans, 1).usage).toEqual({ prompt_tokens: 10, output_tokens: 5 });
  });

  it("of our own prompt goes when prompts below it report theirs", () => {
    const usage = { prompt_tokens: 9, output_tokens: 3, prompt_cost: 1, output_cost: 1 };
    const spans = [own("prompt", 1, undefined, usage), own("prompt", 2, 1, usage)];

    expect(fieldsOf(spans, 2)).toMatchObject(usage);
    for (const name of Object.keys(usage)) expect(fieldsOf(spans, 1)[name]).toBeUndefined();
  });
});

describe("provider calls inside prompt()", () => {
  const call = { "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 7 };
  const failed: Partial<SpanView> = { status: { code: 2, message: "429" } };
  const prompt = own("prompt", 2, 1, { prompt: { template: "Hi {{name}}" }, output: "mine" });
  const root = own("flow", 1, undefined);

  it("fold into it when one succeeded", () => {
    const spans = [root, prompt, span(3, 2), foreign("chat", 4, 3, call)];

    expect(tree(spans)).toEqual(["flow 0001 < - in 0001", "prompt 0002 < 0001 in 0001"]);
    expect(fieldsOf(spans, 2)).toMatchObject({
      path: "prompt/2",
      output: "mine",
      prompt_tokens: 7,
      prompt: { template: "Hi {{name}}", model: "gpt-4o", endpoint: "chat" },
    });
  });

  it("fold through a framework's wrapper", () => {
    const spans = [root, prompt, foreign("invoke_agent", 3, 2), foreign("chat", 4, 3, call)];

    expect(tree(spans)).toHaveLength(2);
    expect(fieldsOf(spans, 2).prompt_tokens).toBe(7);
  });

  it("keep failed attempts in the metadata", () => {
    const spans = [root, prompt, foreign("chat", 3, 2, call, failed), foreign("chat", 4, 2, call)];

    expect(tree(spans)).toHaveLength(2);
    expect(flowspanMeta(spans, 2)).toMatchObject({
      outcome: "ok",
      attempts: [{ error: "429", seconds: 1 }],
    });
    expect(fieldsOf(spans, 2).error).toBeUndefined();
  });

  it("are logs of their own, numbered, when several succeeded", () => {
    const spans = [
      root,
      own("prompt", 2, 1, { prompt_tokens: 14 }),
      foreign("chat", 3, 2, call),
      foreign("chat", 4, 2, call),
    ];

    expect(tree(spans).slice(2)).toEqual([
      "prompt 0003 < 0002 in 0001",
      "prompt 0004 < 0002 in 0001",
    ]);
    expect(fieldsOf(spans, 3)).toMatchObject({ path: "prompt/2/1", prompt_tokens: 7 });
    expect(fieldsOf(spans, 4)).toMatchObject({ path: "prompt/2/2", prompt_tokens: 7 });
    expect(fieldsOf(spans, 2).prompt_tokens).toBeUndefined();
  });

  it("stay where an agent with tools is at work", () => {
    const spans = [
      root,
      prompt,
      foreign("invoke_agent", 3, 2),
      foreign("chat", 4, 3, call),
      foreign("execute_tool", 5, 3),
    ];

    expect(tree(spans)).toHaveLength(5);
  });
});
