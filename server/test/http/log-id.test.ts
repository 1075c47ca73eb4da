import { describe, expect, it } from "vitest";
import { NEW, startTestServer } from "./test-server.ts";

describe("a log_id that is sent again", () => {
  it.each(["prompt", "flow", "tool"] as const)("is one %s log, answered the same", async (type) => {
    const server = await startTestServer();
    const body = { ...NEW[type], log_id: "mine", output: "x" };

    const first = await server.log(type, body);
    const second = await server.log(type, body);

    expect(second).toEqual(first);
    const fileId = first[`${type}_id`];
    expect((await server.get(`logs?file_id=${fileId}`)).body.total).toBe(1);
  });

  it("merges: later values win, null and left out change nothing", async () => {
    const server = await startTestServer();
    const base = { ...NEW.prompt, log_id: "mine" };
    await server.log("prompt", { ...base, output: "a", user: "u", prompt_tokens: 1 });

    await server.log("prompt", { ...base, output: "b", user: null, output_tokens: 2 });

    expect(await server.read("mine")).toMatchObject({
      output: "b",
      user: "u",
      prompt_tokens: 1,
      output_tokens: 2,
    });
  });

  it("un-ends nothing, in a trace that is complete too", async () => {
    const server = await startTestServer();
    const end_time = "2024-01-01T00:00:20.000Z";
    await server.log("flow", { ...NEW.flow, log_id: "r", trace_status: "complete", end_time });

    const { status, body } = await server.post("flows/log", {
      ...NEW.flow,
      log_id: "r",
      trace_status: "incomplete",
      end_time: "2024-01-01T00:00:10Z",
    });

    expect(status).toBe(200);
    expect(body.trace_status).toBe("complete");
    expect(await server.read("r")).toMatchObject({ trace_status: "complete", end_time });
  });

  it("completes a trace, as a client does where patching isn't there", async () => {
    const server = await startTestServer();
    await server.log("flow", { ...NEW.flow, log_id: "r" });

    await server.log("flow", { ...NEW.flow, log_id: "r", trace_status: "complete", output: "x" });

    expect(await server.read("r")).toMatchObject({ trace_status: "complete", output: "x" });
  });

  it("answers 409 where the file, the type or the trace differ", async () => {
    const server = await startTestServer();
    await server.log("flow", { ...NEW.flow, log_id: "one" });
    await server.log("flow", { ...NEW.flow, log_id: "two" });
    await server.log("prompt", { ...NEW.prompt, log_id: "x", trace_id: "one" });
    const again = { ...NEW.prompt, log_id: "x" };

    const answers = [
      await server.post("prompts/log", { ...again, path: "other" }),
      await server.post("tools/log", { ...NEW.tool, log_id: "x" }),
      await server.post("prompts/log", { ...again, trace_id: "two" }),
      await server.post("flows/log", { ...NEW.flow, log_id: "two", trace_parent_id: "one" }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
    expect((await server.get("prompts")).body.total).toBe(1);
  });

  it("moves a log under another parent of its trace, but not under itself", async () => {
    const server = await startTestServer();
    await server.log("flow", { ...NEW.flow, log_id: "r" });
    await server.log("tool", { ...NEW.tool, log_id: "a", trace_parent_id: "r" });
    await server.log("tool", { ...NEW.tool, log_id: "b", trace_parent_id: "r" });

    await server.log("tool", { ...NEW.tool, log_id: "b", trace_parent_id: "a" });
    const circle = await server.post("tools/log", {
      ...NEW.tool,
      log_id: "a",
      trace_parent_id: "b",
    });
    await server.log("tool", { ...NEW.tool, log_id: "b", trace_id: "r" });

    expect((await server.read("b")).trace_parent_id).toBe("a");
    expect(circle.status).toBe(409);
  });

  it("takes another version of the file, and counts the log there", async () => {
    const server = await startTestServer();
    await server.log("prompt", { ...NEW.prompt, log_id: "x" });

    await server.log("prompt", { ...NEW.prompt, log_id: "x", prompt: { model: "new" } });

    expect((await server.read("x")).prompt).toMatchObject({
      model: "new",
      version_logs_count: 1,
      total_logs_count: 1,
    });
  });

  it("may be any text that isn't empty", async () => {
    const server = await startTestServer();
    const odd = "a/b ?#%25 ü 🎈".padEnd(900, "x");

    await server.log("flow", { ...NEW.flow, log_id: odd });

    expect((await server.read(odd)).id).toBe(odd);
    for (const log_id of ["", "a\u0000b", "x".repeat(1_001)]) {
      expect((await server.post("flows/log", { ...NEW.flow, log_id })).status).toBe(422);
    }
  });
});
