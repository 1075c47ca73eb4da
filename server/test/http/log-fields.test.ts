import { describe, expect, it } from "vitest";
import { type Json, NEW, startTestServer } from "./test-server.ts";

/** Hostile and honest values that an object of any content must come back with. */
const ODD_OBJECT: Json = {
  unicode: "Grüße 你好 🎈 \u2028 \ud83d",
  "a.dot.in": { "the.key": true },
  nothing: null,
  "0": "numeric key",
  "10": ["list", null, { "1": 2 }],
  empty: {},
  none: [],
  float: 0.1,
  negative: -1e-7,
  text: 'quotes " and \\ and <script>',
};

const MESSAGES = [
  { role: "system", content: "Be brief." },
  {
    role: "user",
    name: "ada",
    content: [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: "https://example.test/a.png", detail: "low" } },
    ],
  },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: '{"a":1}' } }],
  },
  { role: "tool", tool_call_id: "c1", content: "a cat" },
];

/** Fields that are answered as they were sent, in both documents. */
const COMMON: readonly (readonly [field: string, value: unknown])[] = [
  ["output", "The answer, with ünïcode 🎈"],
  ["output", ""],
  ["output", null],
  ["error", "Timeout: no answer"],
  ["provider_latency", 1.25],
  ["stdout", "line 1\nline 2"],
  ["provider_request", ODD_OBJECT],
  ["provider_response", ODD_OBJECT],
  ["inputs", ODD_OBJECT],
  ["inputs", {}],
  ["source", "my-service"],
  ["metadata", ODD_OBJECT],
  ["source_datapoint_id", "dp_1"],
  ["user", "user-1"],
  ["environment", "not-a-deployed-one"],
  ["save", true],
  ["save", false],
  ["messages", MESSAGES],
  ["messages", []],
  ["output_message", MESSAGES[2]],
  ["run_id", "run_1"],
  ["evaluation_id", "evr_1"],
  ["batches", ["b1", "b2"]],
  ["batch_id", "b1"],
  ["session_id", "session-1"],
  ["log_id", "medqa_experiment_0001"],
];

const PROMPT_ONLY: readonly (readonly [field: string, value: unknown])[] = [
  ["prompt_tokens", 12],
  ["output_tokens", 0],
  ["reasoning_tokens", 3],
  ["prompt_cost", 0.000012],
  ["output_cost", 0],
  ["finish_reason", "stop"],
  ["tool_choice", "none"],
  ["tool_choice", "auto"],
  ["tool_choice", "required"],
  ["tool_choice", { type: "function", function: { name: "add" } }],
];

const TIMES: readonly (readonly [sent: string, answered: string])[] = [
  ["2024-07-08T22:40:35", "2024-07-08T22:40:35.000Z"],
  ["2024-07-08T22:40:35.120Z", "2024-07-08T22:40:35.120Z"],
  ["2024-07-08T22:40:35.123456+02:00", "2024-07-08T20:40:35.123456Z"],
];

describe.each([
  ["prompt", [...COMMON, ...PROMPT_ONLY]],
  ["flow", COMMON],
  ["tool", COMMON],
] as const)("POST /v5/%ss/log", (type, fields) => {
  it.each(fields)("keeps %s: %j", async (field, value) => {
    const server = await startTestServer();

    const { id } = await server.log(type, { ...NEW[type], [field]: value });

    expect(await server.read(id)).toHaveProperty(field, value);
  });

  it.each(["start_time", "end_time", "created_at"])("keeps %s in UTC", async (field) => {
    const server = await startTestServer();

    for (const [sent, answered] of TIMES) {
      const { id } = await server.log(type, { ...NEW[type], [field]: sent });
      expect(await server.read(id)).toHaveProperty(field, answered);
    }
  });

  it("takes path, and makes the file there", async () => {
    const server = await startTestServer();

    const { id } = await server.log(type, { ...NEW[type], path: "a folder/näme" });

    expect(await server.read(id)).toHaveProperty([type, "path"], "a folder/näme");
    expect(await server.read(id)).toHaveProperty([type, "name"], "näme");
  });

  it("takes the id of a file in the place of its path", async () => {
    const server = await startTestServer();
    const first = await server.log(type, NEW[type]);

    const second = await server.log(type, { id: first[`${type}_id`] });

    expect(second[`${type}_id`]).toBe(first[`${type}_id`]);
    expect(second.version_id).toBe(first.version_id);
    expect(second.id).not.toBe(first.id);
  });

  it("keeps an error beside an output that is null", async () => {
    const server = await startTestServer();

    const { id } = await server.log(type, { ...NEW[type], output: null, error: "broke" });

    expect(await server.read(id)).toMatchObject({ output: null, error: "broke" });
  });

  it("takes null for every field as left out", async () => {
    const server = await startTestServer();
    const names = [...fields.map(([name]) => name), "start_time", "end_time", "created_at", "id"];
    const nulls = Object.fromEntries(
      [...names, "trace_id", "trace_parent_id"].map((n) => [n, null]),
    );

    const { id } = await server.log(type, { ...nulls, ...NEW[type] });

    expect((await server.read(id)).save).toBe(true);
  });

  it("ignores keys the Log API doesn't have", async () => {
    const server = await startTestServer();

    const { id } = await server.log(type, { ...NEW[type], judgment: 1, evaluator_logs: [1] });

    const log = await server.read(id);
    expect(log).not.toHaveProperty("judgment");
    expect(log.evaluator_logs).toEqual([]);
  });

  it("uses the clock for created_at, and makes an id, where neither is given", async () => {
    const server = await startTestServer();

    const { id } = await server.log(type, NEW[type]);

    expect(id).toMatch(/^log_[0-9A-Za-z]{21}$/);
    expect((await server.read(id)).created_at).toBe("2026-01-02T03:04:05.000Z");
  });
});

describe("POST /v5/prompts/log", () => {
  it("keeps every part of prompt, and answers it beside the log", async () => {
    const server = await startTestServer();
    const prompt = {
      model: "claude",
      endpoint: "chat",
      provider: "anthropic",
      template: [{ role: "user", content: "Hello {{name}}, {{ greeting }}, {{name}}" }],
      max_tokens: 100,
      temperature: 0,
      top_p: 0.5,
      stop: ["END"],
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      other: { top_k: 3 },
      seed: 7,
      response_format: { type: "json_object" },
      reasoning_effort: "high",
      tools: [{ name: "add", description: "Adds.", strict: true, parameters: { type: "object" } }],
      attributes: { team: "α" },
    };

    const { id } = await server.log("prompt", { path: "p", prompt });

    const { prompt: answered } = await server.read(id);
    expect(answered).toMatchObject(prompt);
    expect(answered).toMatchObject({ inputs: [{ name: "name" }, { name: "greeting" }] });
  });

  it("answers id, prompt_id, version_id and session_id", async () => {
    const server = await startTestServer();

    const answer = await server.log("prompt", { ...NEW.prompt, session_id: "s" });

    expect(answer).toEqual({
      id: expect.stringMatching(/^log_/),
      prompt_id: expect.stringMatching(/^pr_/),
      version_id: expect.stringMatching(/^prv_/),
      session_id: "s",
    });
  });

  it("resolves the tools a prompt links by id", async () => {
    const server = await startTestServer();
    const tool = await server.log("tool", NEW.tool);
    const prompt = { model: "m", linked_tools: [tool.tool_id] };

    const { id } = await server.log("prompt", { path: "p", prompt });

    expect((await server.read(id)).prompt).toMatchObject({
      linked_tools: [
        { id: tool.tool_id, version_id: tool.version_id, name: "add", description: "Adds." },
      ],
    });
  });
});

describe("POST /v5/flows/log", () => {
  it.each(["complete", "incomplete"])("takes trace_status %s, and log_status", async (status) => {
    const server = await startTestServer();

    for (const field of ["trace_status", "log_status"]) {
      const answer = await server.log("flow", { ...NEW.flow, [field]: status });
      expect(answer).toMatchObject({ trace_status: status, log_status: status });
      expect(await server.read(answer.id)).toMatchObject({
        trace_status: status,
        log_status: status,
      });
    }
  });

  it("is incomplete where nothing is said", async () => {
    const server = await startTestServer();

    const answer = await server.log("flow", NEW.flow);

    expect(answer.trace_status).toBe("incomplete");
  });

  it("answers id, flow_id, version_id and both names of the status", async () => {
    const server = await startTestServer();

    const answer = await server.log("flow", { ...NEW.flow, log_id: "mine" });

    expect(answer).toEqual({
      id: "mine",
      flow_id: expect.stringMatching(/^fl_/),
      version_id: expect.stringMatching(/^flv_/),
      trace_status: "incomplete",
      log_status: "incomplete",
    });
  });

  it("keeps flow's attributes", async () => {
    const server = await startTestServer();

    const { id } = await server.log("flow", { path: "f", flow: { attributes: ODD_OBJECT } });

    expect(await server.read(id)).toHaveProperty(["flow", "attributes"], ODD_OBJECT);
  });

  it("makes a flow of no attributes from a new path alone", async () => {
    const server = await startTestServer();

    const { id } = await server.log("flow", { path: "f" });

    expect(await server.read(id)).toHaveProperty(["flow", "attributes"], {});
  });
});

describe("POST /v5/tools/log", () => {
  it("keeps every part of tool and answers id, tool_id and version_id", async () => {
    const server = await startTestServer();
    const tool = {
      function: { name: "add", description: "Adds.", strict: false, parameters: { a: 1 } },
      source_code: "(a, b) => a + b",
      setup_values: { key: "v" },
      attributes: { "x.y": null },
    };

    const answer = await server.log("tool", { path: "t", tool });

    expect(Object.keys(answer).sort()).toEqual(["id", "tool_id", "version_id"]);
    expect((await server.read(answer.id)).tool).toMatchObject(tool);
  });
});

describe("GET /v5/logs/{id}", () => {
  const FILE_KEYS = [
    "path",
    "id",
    "name",
    "version_id",
    "type",
    "status",
    "environments",
    "created_at",
    "updated_at",
    "last_used_at",
    "version_logs_count",
    "total_logs_count",
  ];

  it.each([
    ["prompt", [...FILE_KEYS, "model", "inputs"]],
    ["flow", [...FILE_KEYS, "attributes"]],
    ["tool", [...FILE_KEYS, "inputs"]],
  ] as const)("answers every key that clients require of a %s log", async (type, keys) => {
    const server = await startTestServer();

    const { id } = await server.log(type, NEW[type]);

    const log = await server.read(id);
    expect(log).toMatchObject({ id, evaluator_logs: [], trace_children: [] });
    for (const key of keys) expect(log[type]).toHaveProperty(key, expect.anything());
    const file = log[type] as Record<string, string>;
    for (const key of ["created_at", "updated_at", "last_used_at"]) {
      expect(file[key]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  });

  it("counts the logs of the version and of the file", async () => {
    const server = await startTestServer();
    const { id } = await server.log("prompt", NEW.prompt);
    await server.log("prompt", NEW.prompt);
    await server.log("prompt", { ...NEW.prompt, prompt: { model: "other" } });

    const { prompt } = await server.read(id);

    expect(prompt).toMatchObject({ version_logs_count: 2, total_logs_count: 3 });
  });
});
