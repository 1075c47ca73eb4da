import { describe, expect, it } from "vitest";
import { NEW, START, startTestServer } from "./test-server.ts";

const PAYLOAD = {
  output: "new",
  error: "new",
  stdout: "new",
  inputs: { a: 1 },
  source: "new",
  metadata: { "b.c": null },
  provider_latency: 3,
  provider_request: { a: 1 },
  provider_response: { a: 1 },
  start_time: "2024-01-01T00:00:01.000Z",
  end_time: "2024-01-01T00:00:02.000Z",
  created_at: "2024-01-01T00:00:03.000Z",
  messages: [{ role: "user", content: "new" }],
  output_message: { role: "assistant", content: "new" },
};

describe.each([
  [
    "prompt",
    {
      ...PAYLOAD,
      prompt_tokens: 1,
      output_tokens: 2,
      reasoning_tokens: 3,
      prompt_cost: 0.1,
      output_cost: 0.2,
      finish_reason: "stop",
      tool_choice: "auto",
    },
  ],
  ["tool", PAYLOAD],
] as const)("PATCH /v5/%ss/{id}/log/{log_id}", (type, payload) => {
  it.each(Object.entries(payload))("sets %s", async (field, value) => {
    const server = await startTestServer();
    const log = await server.log(type, NEW[type]);

    const { status, body } = await server.patch(`${type}s/${log[`${type}_id`]}/log/${log.id}`, {
      [field]: value,
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ id: log.id, [field]: value, evaluator_logs: [] });
    expect(await server.read(log.id)).toHaveProperty(field, value);
  });

  it("clears with null and keeps what is left out", async () => {
    const server = await startTestServer();
    const log = await server.log(type, { ...NEW[type], ...payload });

    await server.patch(`${type}s/${log[`${type}_id`]}/log/${log.id}`, {
      output: null,
      end_time: null,
    });

    const { output, end_time, ...rest } = await server.read(log.id);
    expect([output, end_time]).toEqual([null, undefined]);
    expect(rest).toMatchObject({ error: "new", start_time: payload.start_time });
  });

  it("ignores what a patch doesn't change", async () => {
    const server = await startTestServer();
    const log = await server.log(type, { ...NEW[type], user: "u" });

    await server.patch(`${type}s/${log[`${type}_id`]}/log/${log.id}`, {
      path: "elsewhere",
      save: false,
      user: "other",
      [type]: { model: "other", attributes: { a: 1 } },
    });

    const after = await server.read(log.id);
    expect(after).toMatchObject({ user: "u", save: true });
    expect(after).toHaveProperty([type, "version_id"], log.version_id);
  });

  it("answers 404 for an unknown log, and a log of another file or type", async () => {
    const server = await startTestServer();
    const log = await server.log(type, NEW[type]);
    const flow = await server.log("flow", NEW.flow);
    const fileId = log[`${type}_id`];

    for (const path of [`${fileId}/log/none`, `none/log/${log.id}`, `${fileId}/log/${flow.id}`]) {
      expect((await server.patch(`${type}s/${path}`, { output: "x" })).status).toBe(404);
    }
  });

  it("changes a log of a complete trace", async () => {
    const server = await startTestServer();
    await server.log("flow", { ...NEW.flow, log_id: "r" });
    const log = await server.log(type, { ...NEW[type], trace_id: "r" });
    await server.patch("flows/logs/r", { log_status: "complete" });

    const { status } = await server.patch(`${type}s/${log[`${type}_id`]}/log/${log.id}`, {
      output: "after",
    });

    expect(status).toBe(200);
  });
});

describe("PATCH of a flow log", () => {
  it.each([
    ["flows/logs", "log_status"],
    ["flows/logs", "trace_status"],
    ["flows/log", "status"],
  ])("at %s completes it by %s", async (path, field) => {
    const server = await startTestServer();
    const { id, flow_id, version_id } = await server.log("flow", NEW.flow);

    const { status, body } = await server.patch(`${path}/${id}`, {
      [field]: "complete",
      output: "x",
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      flow_id,
      version_id,
      log_status: "complete",
      trace_status: "complete",
      output: "x",
      evaluator_logs: [],
      flow: { id: flow_id },
    });
    expect(await server.read(id)).toMatchObject({ trace_status: "complete", output: "x" });
  });

  it("ends it now where neither it nor its children have ended", async () => {
    const server = await startTestServer();
    const { id } = await server.log("flow", NEW.flow);
    await server.log("tool", { ...NEW.tool, trace_id: id });
    server.clock.millis = START + 5_000;

    await server.patch(`flows/logs/${id}`, { log_status: "complete" });

    expect((await server.read(id)).end_time).toBe("2026-01-02T03:04:10.000Z");
  });

  it.each([
    ["its own end", { end_time: "2024-01-01T00:00:02.000Z" }, {}],
    ["its children's end", {}, { end_time: "2024-01-01T00:00:02.000Z" }],
  ])("keeps %s", async (_, ofRoot, ofChild) => {
    const server = await startTestServer();
    const { id } = await server.log("flow", { ...NEW.flow, ...ofRoot });
    await server.log("tool", { ...NEW.tool, trace_id: id, ...ofChild });

    await server.patch(`flows/logs/${id}`, { log_status: "complete" });

    expect((await server.read(id)).end_time).toBe("2024-01-01T00:00:02.000Z");
  });

  it("sets and clears inputs, messages, output_message, output and error", async () => {
    const server = await startTestServer();
    const { id } = await server.log("flow", NEW.flow);
    const { inputs, messages, output_message, output, error } = PAYLOAD;
    const fields = { inputs, messages, output_message, output, error };

    await server.patch(`flows/logs/${id}`, fields);
    const set = await server.read(id);
    await server.patch(`flows/logs/${id}`, { output: null, error: null });
    const cleared = await server.read(id);

    expect(set).toMatchObject(fields);
    expect(cleared).toMatchObject({ ...fields, output: null, error: null });
  });

  it("answers 404 for an unknown log and for a log that is no flow's", async () => {
    const server = await startTestServer();
    const { id } = await server.log("prompt", NEW.prompt);

    for (const logId of ["none", id]) {
      expect((await server.patch(`flows/logs/${logId}`, { output: "x" })).status).toBe(404);
    }
  });
});
