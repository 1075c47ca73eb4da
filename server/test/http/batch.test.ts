import { describe, expect, it } from "vitest";
import { type Json, NEW, START, startTestServer } from "./test-server.ts";

const FLOW = { op: "create", type: "flow", ...NEW.flow };
const PROMPT = { op: "create", type: "prompt", ...NEW.prompt };
const TOOL = { op: "create", type: "tool", ...NEW.tool };

async function startWithBatch() {
  const server = await startTestServer();
  const batch = async (...logs: unknown[]) => {
    const { status, body } = await server.post<{ logs: Json[] }>("logs/batch", { logs });
    expect(status).toBe(200);
    return body.logs;
  };
  return { server, batch };
}

describe("POST /v5/logs/batch", () => {
  it("answers each entry in the batch's order, in the shape of its type", async () => {
    const { batch } = await startWithBatch();

    const answers = await batch(
      { ...PROMPT, log_id: "p", trace_id: "f", session_id: "s" },
      { ...TOOL, log_id: "t", trace_parent_id: "p" },
      { ...FLOW, log_id: "f" },
      PROMPT,
    );

    const version_id = expect.any(String);
    expect(answers).toEqual([
      { id: "p", prompt_id: expect.stringMatching(/^pr_/), version_id, session_id: "s" },
      { id: "t", tool_id: expect.stringMatching(/^tl_/), version_id },
      {
        id: "f",
        flow_id: expect.stringMatching(/^fl_/),
        version_id,
        log_status: "incomplete",
        trace_status: "incomplete",
      },
      { id: expect.stringMatching(/^log_/), prompt_id: expect.any(String), version_id },
    ]);
  });

  it("takes parents that stand after their children, at any depth", async () => {
    const { server, batch } = await startWithBatch();
    const depth = 2_000;
    const chain = Array.from({ length: depth }, (_, level) => ({
      ...TOOL,
      log_id: `log ${level}`,
      trace_parent_id: level === 0 ? "root" : `log ${level - 1}`,
    }));

    const answers = await batch(...chain.reverse(), { ...FLOW, log_id: "root" });

    expect(answers.every(({ id }) => id !== undefined)).toBe(true);
    let log = await server.read("root");
    for (let level = 0; level < depth; level += 1) {
      log = log.trace_children[0] as typeof log;
      expect(log.id).toBe(`log ${level}`);
    }
  });

  it("completes after everything is in, wherever the completion stands", async () => {
    const { server, batch } = await startWithBatch();

    const answers = await batch(
      { op: "complete", type: "flow", log_id: "f", output: "done" },
      { ...PROMPT, trace_id: "f" },
      { op: "update", type: "flow", log_id: "f", user: "u" },
      { ...FLOW, log_id: "f" },
    );

    expect(answers[0]).toMatchObject({ id: "f", trace_status: "complete" });
    const root = await server.read("f");
    expect(root).toMatchObject({ trace_status: "complete", output: "done", user: "u" });
    expect(root.trace_children[0]).not.toHaveProperty("late");
  });

  it("ends a completed flow now where nothing in it has ended", async () => {
    const { server, batch } = await startWithBatch();

    await batch({ ...FLOW, log_id: "f" }, { op: "complete", type: "flow", log_id: "f" });

    expect((await server.read("f")).end_time).toBe(new Date(START).toISOString());
  });

  it("does not end a completed flow after its children of the same batch", async () => {
    const { server, batch } = await startWithBatch();
    const end_time = "2024-01-01T00:00:02.000Z";

    await batch(
      { ...FLOW, log_id: "f" },
      { ...PROMPT, trace_id: "f", end_time },
      { op: "complete", type: "flow", log_id: "f" },
    );

    expect((await server.read("f")).end_time).toBe(end_time);
  });

  it("takes logs for a complete trace, and marks them late", async () => {
    const { server, batch } = await startWithBatch();
    await batch({ ...FLOW, log_id: "f", trace_status: "complete" });

    const answers = await batch({ ...PROMPT, log_id: "p", trace_id: "f" });

    expect(answers[0]).toHaveProperty("id", "p");
    const root = await server.read("f");
    expect(root.trace_children[0]).toMatchObject({ id: "p", late: true });
    expect(root.trace_status).toBe("complete");
  });

  it("refuses entries one by one, and with them only what is below", async () => {
    const { server, batch } = await startWithBatch();

    const answers = await batch(
      { ...PROMPT, log_id: "below", trace_parent_id: "bad" },
      { ...TOOL, log_id: "bad", trace_parent_id: "nobody" },
      { ...FLOW, log_id: "f" },
      { ...FLOW, log_id: "f2", output: 3 },
      { ...FLOW, op: "replace" },
      "text",
      { op: "update", type: "flow", output: "x" },
      { op: "update", type: "flow", log_id: "nobody" },
      { op: "update", type: "tool", log_id: "f" },
      { ...PROMPT, trace_id: "f" },
    );

    expect(answers.map(({ status }) => status)).toEqual([
      404,
      404,
      undefined,
      422,
      422,
      422,
      422,
      404,
      409,
      undefined,
    ]);
    expect(answers[3]?.detail).toMatchObject([{ loc: ["body", "logs", 3, "output"] }]);
    expect(answers[4]?.detail).toMatchObject([{ loc: ["body", "logs", 4, "op"] }]);
    expect(answers[6]?.detail).toMatchObject([{ loc: ["body", "logs", 6, "log_id"] }]);
    expect((await server.read("f")).trace_children).toHaveLength(1);
    expect((await server.get("tools")).body.total).toBe(0);
  });

  it("refuses a circle of parents", async () => {
    const { batch } = await startWithBatch();

    const answers = await batch(
      { ...TOOL, log_id: "a", trace_parent_id: "b" },
      { ...TOOL, log_id: "b", trace_parent_id: "a" },
    );

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });

  it("is the same sent twice", async () => {
    const { server, batch } = await startWithBatch();
    const entries = [
      { ...FLOW, log_id: "f", inputs: { a: 1 } },
      { ...PROMPT, log_id: "p", trace_id: "f", output: "x" },
      { op: "complete", type: "flow", log_id: "f", end_time: "2024-01-01T00:00:00Z" },
    ];

    const first = await batch(...entries);
    const before = await server.read("f");
    const second = await batch(...entries);

    expect(second.map(({ id, version_id }) => [id, version_id])).toEqual(
      first.map(({ id, version_id }) => [id, version_id]),
    );
    expect(await server.read("f")).toEqual(before);
  });

  it("targets a version by the query of the entry", async () => {
    const { batch } = await startWithBatch();
    const [first] = await batch(PROMPT);
    const { path } = NEW.prompt;
    const logged = { op: "create", type: "prompt", path };

    const answers = await batch(
      { ...logged, query: { version_id: first?.version_id } },
      { ...logged, query: { environment: "production" } },
      { ...logged, query: { environment: "none" } },
    );

    expect(answers[0]?.version_id).toBe(first?.version_id);
    expect(answers[1]?.version_id).toBe(first?.version_id);
    expect(answers[2]?.status).toBe(404);
  });

  it("updates a log's fields, times and details; null clears", async () => {
    const { server, batch } = await startWithBatch();
    await batch({ ...PROMPT, log_id: "p", output: "x", error: "y" });

    await batch({
      op: "update",
      type: "prompt",
      log_id: "p",
      error: null,
      end_time: "2024-01-01T00:00:02Z",
      prompt: { model: "other" },
    });

    expect(await server.read("p")).toMatchObject({
      output: "x",
      error: null,
      end_time: "2024-01-01T00:00:02.000Z",
      prompt: { model: "other" },
    });
  });

  it("widens flows of earlier batches", async () => {
    const { server, batch } = await startWithBatch();
    await batch({ ...FLOW, log_id: "f" });
    const end_time = "2024-01-01T00:00:02.000Z";

    await batch({ ...PROMPT, trace_id: "f", end_time }, { ...PROMPT, trace_id: "f" });

    expect((await server.read("f")).end_time).toBe(end_time);
  });

  it("counts the logs of a version over the whole batch", async () => {
    const { server, batch } = await startWithBatch();

    await batch(...Array.from({ length: 20 }, (_, index) => ({ ...PROMPT, log_id: `${index}` })));

    expect((await server.read("3")).prompt).toMatchObject({ version_logs_count: 20 });
  });

  it("takes an empty batch, and answers 422 for a body without logs", async () => {
    const { server, batch } = await startWithBatch();

    expect(await batch()).toEqual([]);
    const { status, body } = await server.post("logs/batch", { entries: [] });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ["body", "logs"], type: "missing" }]);
  });
});
