import { describe, expect, it } from "vitest";
import { type Json, NEW, startTestServer } from "./test-server.ts";

/** A create of another process than its parent's. */
function below(parentId: string, type: "flow" | "prompt" | "tool", logId: string, more: Json = {}) {
  const place = { trace_id: "root", trace_parent_log_id: parentId, parent_may_follow: true };
  return { op: "create", type, log_id: logId, ...NEW[type], ...place, ...more };
}

const ROOT = {
  op: "create",
  type: "flow",
  log_id: "root",
  ...NEW.flow,
  start_time: "2026-01-01T10:00:00Z",
  end_time: "2026-01-01T10:00:05Z",
};
const STEP = {
  op: "create",
  type: "tool",
  log_id: "step",
  ...NEW.tool,
  trace_id: "root",
  trace_parent_log_id: "root",
};

describe("a log whose parent comes from another process", () => {
  it("may come before its parent and its root, and stands in the one tree afterwards", async () => {
    const test = await startTestServer();

    await test.post("logs/batch", { logs: [below("step", "prompt", "far")] });
    await test.post("logs/batch", { logs: [ROOT] });
    const { body } = await test.post("logs/batch", { logs: [STEP] });

    expect(body.logs).toMatchObject([{ id: "step" }]);
    const root = await test.read("root");
    expect(root.trace_children).toMatchObject([
      { id: "step", trace_children: [{ id: "far", trace_id: "root", trace_parent_id: "step" }] },
    ]);
  });

  it("widens the Flows above it once they come", async () => {
    const test = await startTestServer();
    const times = { start_time: "2026-01-01T09:59:00Z", end_time: "2026-01-01T11:00:00Z" };

    await test.post("logs/batch", { logs: [below("step", "tool", "far", times)] });
    await test.post("logs/batch", { logs: [ROOT] });
    await test.post("logs/batch", { logs: [STEP] });

    expect(await test.read("root")).toMatchObject({
      start_time: "2026-01-01T09:59:00.000Z",
      end_time: "2026-01-01T11:00:00.000Z",
    });
  });

  it("joins the trace that its root turns out to be a part of", async () => {
    const test = await startTestServer();
    const outer = { ...ROOT, log_id: "outer" };
    const inner = { ...ROOT, trace_parent_id: "outer" };

    await test.post("logs/batch", { logs: [below("root", "tool", "far")] });
    await test.post("logs/batch", { logs: [outer, inner] });
    await test.post("logs/batch", { logs: [below("root", "tool", "later")] });

    const top = await test.read("outer");
    const [root] = top.trace_children;
    expect(root!.trace_children.map(({ id, trace_id }) => [id, trace_id])).toEqual([
      ["far", "outer"],
      ["later", "outer"],
    ]);
  });

  it("is marked late in a complete trace, and stays one log when it is sent again", async () => {
    const test = await startTestServer();
    await test.post("logs/batch", {
      logs: [ROOT, { op: "complete", type: "flow", log_id: "root" }],
    });

    const logs = [below("step", "flow", "far")];
    await test.post("logs/batch", { logs });
    await test.post("logs/batch", { logs });
    await test.post("logs/batch", { logs: [STEP] });

    const [step] = (await test.read("root")).trace_children;
    expect(step!.trace_children).toMatchObject([{ id: "far", late: true }]);
  });

  it("is refused without saying so, as ever", async () => {
    const test = await startTestServer();
    const { parent_may_follow: _, ...strict } = below("step", "tool", "far");

    const { body } = await test.post("logs/batch", { logs: [strict] });

    expect(body.logs).toMatchObject([{ status: 404 }]);
  });
});
