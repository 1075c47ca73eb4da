import { describe, expect, it } from "vitest";
import { NEW, startTestServer } from "./test-server.ts";

async function startWithRoot() {
  const server = await startTestServer();
  await server.log("flow", { ...NEW.flow, log_id: "root" });
  return server;
}

describe("where a log is put in a trace", () => {
  it.each([
    ["trace_id alone", { trace_id: "root" }],
    ["the root as trace_parent_log_id", { trace_id: "root", trace_parent_log_id: "root" }],
    ["the root as trace_parent_log_id alone", { trace_parent_log_id: "root" }],
    ["the root as trace_parent_id", { trace_parent_id: "root" }],
  ])("is under the root for %s", async (_, place) => {
    const server = await startWithRoot();

    const { id } = await server.log("prompt", { ...NEW.prompt, ...place });

    const root = await server.read("root");
    expect(root.trace_children.map((child) => child.id)).toEqual([id]);
    expect(root.trace_children[0]).toMatchObject({
      trace_id: "root",
      trace_parent_id: "root",
      trace_flow_id: (root.flow as { id: string }).id,
    });
  });

  it("nests logs of every type at any depth, and answers each one's part of the tree", async () => {
    const server = await startWithRoot();
    const tool = await server.log("tool", { ...NEW.tool, trace_parent_id: "root" });
    const flow = await server.log("flow", { ...NEW.flow, trace_parent_id: tool.id });
    const prompt = await server.log("prompt", {
      ...NEW.prompt,
      trace_id: "root",
      trace_parent_log_id: flow.id,
    });

    const root = await server.read("root");
    const part = await server.read(flow.id);

    expect(root.trace_children[0]?.trace_children[0]?.trace_children[0]?.id).toBe(prompt.id);
    expect(part.trace_children.map(({ id }) => id)).toEqual([prompt.id]);
    expect(part).toMatchObject({ trace_id: "root", trace_parent_id: tool.id });
  });

  it("orders siblings by start time", async () => {
    const server = await startWithRoot();
    for (const second of [3, 1, 2]) {
      const start_time = `2024-01-01T00:00:0${second}Z`;
      await server.log("prompt", {
        ...NEW.prompt,
        trace_id: "root",
        start_time,
        output: `${second}`,
      });
    }

    const { trace_children } = await server.read("root");

    expect(trace_children.map(({ output }) => output)).toEqual(["1", "2", "3"]);
  });

  it("gives the root its own id as trace_id, and a log that is alone none", async () => {
    const server = await startWithRoot();
    const alone = await server.log("prompt", NEW.prompt);

    expect((await server.read("root")).trace_id).toBe("root");
    expect(await server.read(alone.id)).not.toHaveProperty("trace_id");
  });

  it("starts a trace of the trace_id of a flow that nobody has logged", async () => {
    const server = await startTestServer();

    const { id } = await server.log("flow", { ...NEW.flow, trace_id: "chosen" });

    expect(id).toBe("chosen");
  });

  it("answers 404 for an unknown parent and an unknown trace", async () => {
    const server = await startWithRoot();

    const parent = await server.post("prompts/log", { ...NEW.prompt, trace_parent_id: "none" });
    const trace = await server.post("prompts/log", { ...NEW.prompt, trace_id: "none" });
    const both = await server.post("prompts/log", {
      ...NEW.prompt,
      trace_id: "none",
      trace_parent_log_id: "root",
    });

    expect([parent.status, trace.status, both.status]).toEqual([404, 404, 404]);
    expect(parent.body.detail).toContain("none");
  });

  it("answers 409 for a parent in another trace", async () => {
    const server = await startWithRoot();
    await server.log("flow", { ...NEW.flow, log_id: "second" });

    const { status } = await server.post("prompts/log", {
      ...NEW.prompt,
      trace_id: "root",
      trace_parent_log_id: "second",
    });

    expect(status).toBe(409);
  });

  it("answers 409 for a parent that is in no trace, and for a log under itself", async () => {
    const server = await startWithRoot();
    const alone = await server.log("prompt", NEW.prompt);

    const under = await server.post("prompts/log", { ...NEW.prompt, trace_parent_id: alone.id });
    const self = await server.post("tools/log", { ...NEW.tool, log_id: "x", trace_parent_id: "x" });

    expect([under.status, self.status]).toEqual([409, 409]);
  });

  it("makes no file for a log that is refused", async () => {
    const server = await startTestServer();

    await server.post("prompts/log", { ...NEW.prompt, trace_id: "none" });

    expect((await server.get("prompts")).body.total).toBe(0);
  });
});

describe("a complete trace", () => {
  it("takes no more logs, at any depth", async () => {
    const server = await startWithRoot();
    const flow = await server.log("flow", { ...NEW.flow, trace_parent_id: "root" });
    await server.patch("flows/logs/root", { log_status: "complete" });

    for (const parent of ["root", flow.id]) {
      const { status, body } = await server.post("tools/log", {
        ...NEW.tool,
        trace_parent_id: parent,
      });
      expect(status).toBe(409);
      expect(body.detail).toContain("complete");
    }
  });

  it("is complete by the root's status alone, not by a nested flow's", async () => {
    const server = await startWithRoot();
    const nested = { ...NEW.flow, trace_parent_id: "root", trace_status: "complete" };
    const flow = await server.log("flow", nested);

    const { status } = await server.post("tools/log", { ...NEW.tool, trace_parent_id: flow.id });

    expect(status).toBe(200);
    expect((await server.read("root")).trace_status).toBe("incomplete");
  });

  it.each(["trace_status", "log_status", "status"])("does not reopen by %s", async (field) => {
    const server = await startWithRoot();
    await server.patch("flows/logs/root", { [field]: "complete" });

    const { status } = await server.patch("flows/logs/root", { [field]: "incomplete" });

    expect(status).toBe(409);
    expect((await server.read("root")).trace_status).toBe("complete");
  });
});

describe("the times of a flow log", () => {
  it("widen with every log below it, at every flow above the log", async () => {
    const server = await startTestServer();
    const start_time = "2024-01-01T00:00:10.000Z";
    const end_time = "2024-01-01T00:00:20.000Z";
    await server.log("flow", { ...NEW.flow, log_id: "root", start_time, end_time });
    const flow = await server.log("flow", { ...NEW.flow, trace_parent_id: "root" });
    const tool = await server.log("tool", { ...NEW.tool, trace_parent_id: flow.id });

    await server.log("prompt", {
      ...NEW.prompt,
      trace_parent_id: tool.id,
      start_time: "2024-01-01T00:00:05Z",
      end_time: "2024-01-01T00:00:25Z",
    });

    const root = await server.read("root");
    const widened = {
      start_time: "2024-01-01T00:00:05.000Z",
      end_time: "2024-01-01T00:00:25.000Z",
    };
    expect(root).toMatchObject(widened);
    expect(root.trace_children[0]).toMatchObject(widened);
    expect(root.trace_children[0]?.trace_children[0]).not.toHaveProperty("start_time");
  });

  it("stay where a log below is within them", async () => {
    const server = await startTestServer();
    const times = { start_time: "2024-01-01T00:00:10.000Z", end_time: "2024-01-01T00:00:20.000Z" };
    await server.log("flow", { ...NEW.flow, log_id: "root", ...times });

    await server.log("prompt", {
      ...NEW.prompt,
      trace_id: "root",
      start_time: "2024-01-01T00:00:12Z",
      end_time: "2024-01-01T00:00:13Z",
    });

    expect(await server.read("root")).toMatchObject(times);
  });

  it("widen when a log below is patched", async () => {
    const server = await startWithRoot();
    const { id, prompt_id } = await server.log("prompt", { ...NEW.prompt, trace_id: "root" });

    await server.patch(`prompts/${prompt_id}/log/${id}`, { end_time: "2024-01-01T00:00:25Z" });

    expect((await server.read("root")).end_time).toBe("2024-01-01T00:00:25.000Z");
  });
});

describe("save: false", () => {
  const PAYLOADS = {
    inputs: { secret: 1 },
    output: "secret",
    messages: [{ role: "user", content: "secret" }],
    output_message: { role: "assistant", content: "secret" },
    provider_request: { secret: 1 },
    provider_response: { secret: 1 },
    stdout: "secret",
  };

  it.each(["prompt", "flow", "tool"] as const)("stores no payload of a %s log", async (type) => {
    const server = await startTestServer();
    const kept = { error: "broke", metadata: { a: 1 }, provider_latency: 2, user: "u" };

    const { id } = await server.log(type, { ...NEW[type], ...PAYLOADS, ...kept, save: false });

    const log = await server.read(id);
    expect(log).toMatchObject({ ...kept, save: false });
    for (const field of Object.keys(PAYLOADS)) expect(log).not.toHaveProperty(field);
  });

  it("holds for later patches", async () => {
    const server = await startTestServer();
    const { id, prompt_id } = await server.log("prompt", { ...NEW.prompt, save: false });

    await server.patch(`prompts/${prompt_id}/log/${id}`, { ...PAYLOADS, prompt_tokens: 5 });

    const log = await server.read(id);
    expect(log.prompt_tokens).toBe(5);
    expect(JSON.stringify(log)).not.toContain("secret");
  });

  it("removes what is stored when it is said in a log that is sent again", async () => {
    const server = await startTestServer();
    await server.log("prompt", { ...NEW.prompt, ...PAYLOADS, log_id: "x" });

    await server.log("prompt", { ...NEW.prompt, log_id: "x", save: false });

    expect(JSON.stringify(await server.read("x"))).not.toContain("secret");
  });
});

describe("a log that is read again", () => {
  it("is not sent where nothing was stored since, and sent where anything was", async () => {
    const server = await startTestServer();
    const { id } = await server.log("flow", NEW.flow);
    const url = `/v5/logs/${id}`;
    const ask = (etag: string) => server.server.inject({ url, headers: { "if-none-match": etag } });

    const first = await ask("none");
    const second = await ask(`${first.headers.etag}`);
    await server.log("tool", { ...NEW.tool, trace_parent_id: id });
    const third = await ask(`${first.headers.etag}`);

    expect([first.statusCode, second.statusCode, third.statusCode]).toEqual([200, 304, 200]);
    expect([second.body, second.headers.etag]).toEqual(["", first.headers.etag]);
    expect(third.json().trace_children).toHaveLength(1);
  });

  it("is missing where it was removed", async () => {
    const server = await startTestServer();
    const { id } = await server.log("flow", NEW.flow);
    const { headers } = await server.server.inject(`/v5/logs/${id}`);
    await server.delete(`logs?id=${id}`);

    const reply = await server.server.inject({
      url: `/v5/logs/${id}`,
      headers: { "if-none-match": `${headers.etag}` },
    });

    expect(reply.statusCode).toBe(404);
    expect(reply.headers).not.toHaveProperty("etag");
  });
});
