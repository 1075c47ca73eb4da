import { describe, expect, it } from "vitest";
import { type Json, NEW, startTestServer, type TestServer } from "./test-server.ts";

/** A create of another process than its parent's. */
function below(parentId: string, type: "flow" | "prompt" | "tool", logId: string, more: Json = {}) {
  const place = { trace_id: "root", trace_parent_log_id: parentId, parent_may_follow: true };
  return { op: "create", type, log_id: logId, ...NEW[type], ...place, ...more };
}

const ROOT = { op: "create", type: "flow", log_id: "root", ...NEW.flow };
const USED = { prompt_tokens: 3, output_tokens: 4 };

async function send(test: TestServer, ...logs: Json[]): Promise<void> {
  const { body } = await test.post<{ logs: Json[] }>("logs/batch", { logs });
  expect(body.logs.filter(({ detail }) => detail !== undefined)).toEqual([]);
}

/** The rows of the list: id, whether the root is missing, number of logs. */
async function list(test: TestServer): Promise<readonly unknown[]> {
  const { body } = await test.get<{ traces: Json[] }>("/api/traces");
  return body.traces.map(({ id, without_root, log_count }) => [id, without_root, log_count]);
}

describe("logs whose root has not come", () => {
  it("are listed by the topmost of them, with what is below it, and can be opened", async () => {
    const test = await startTestServer();

    await send(test, below("step", "tool", "far"), below("far", "prompt", "call", USED));
    await send(test, below("other", "tool", "far too"));

    expect(await list(test)).toEqual([
      ["far too", true, 1],
      ["far", true, 2],
    ]);
    const { body } = await test.get<{ traces: Json[] }>("/api/traces");
    expect(body.traces[1]).toMatchObject({ path: NEW.tool.path, type: "tool", ...USED });
    const far = await test.read("far");
    expect(far).toMatchObject({ trace_id: "root", trace_children: [{ id: "call" }] });
    expect(far.trace_flow_id).toBeUndefined();
  });

  it("take their place once their parent and the root come, in whichever order", async () => {
    const test = await startTestServer();
    await send(test, below("step", "tool", "far"));

    await send(test, below("root", "tool", "step"));
    expect(await list(test)).toEqual([["step", true, 2]]);

    await send(test, ROOT);
    expect(await list(test)).toEqual([["root", undefined, 3]]);
    expect((await test.read("root")).trace_children).toMatchObject([
      { id: "step", trace_children: [{ id: "far" }] },
    ]);
  });

  it("stand below the root while the logs between are missing, and are deleted with it", async () => {
    const test = await startTestServer();
    await send(test, below("step", "tool", "far"), ROOT, below("step", "tool", "later"));

    expect(await list(test)).toEqual([["root", undefined, 3]]);
    expect((await test.read("root")).trace_children).toMatchObject([
      { id: "far", trace_parent_id: "step" },
      { id: "later", trace_parent_id: "step" },
    ]);

    expect((await test.delete("logs?id=root")).status).toBe(204);
    expect((await test.get("logs/far")).status).toBe(404);
  });

  it("move with the root that they named into the trace it turns out to be in", async () => {
    const test = await startTestServer();
    await send(test, below("step", "tool", "far"));

    await send(test, { ...ROOT, log_id: "outer" }, { ...ROOT, trace_parent_id: "outer" });

    expect(await list(test)).toEqual([["outer", undefined, 3]]);
    const children = (await test.read("outer")).trace_children;
    expect(children.map(({ id }) => id).sort()).toEqual(["far", "root"]);
  });

  it("wait no longer once they are given a parent that is there", async () => {
    const test = await startTestServer();
    await send(test, below("gone", "tool", "top"), below("top", "tool", "step"));
    await send(test, below("lost", "tool", "far"));

    await send(test, below("step", "tool", "far"));

    expect(await list(test)).toEqual([["top", true, 3]]);
  });
});
