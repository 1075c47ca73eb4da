import { describe, expect, it } from "vitest";
import { type Json, NEW, startTestServer, type TestServer } from "./test-server.ts";

/** A create whose parent may come later. */
function below(parentId: string, logId: string, traceId: string = "root", more: Json = {}) {
  const place = { trace_id: traceId, trace_parent_log_id: parentId, parent_may_follow: true };
  return { op: "create", type: "tool", log_id: logId, ...NEW.tool, ...place, ...more };
}

function flow(logId: string, more: Json = {}) {
  return { op: "create", type: "flow", log_id: logId, ...NEW.flow, ...more };
}

const ENDED = { end_time: "2026-01-01T11:00:00Z" };

/** Sends one batch; gives the status of each of its logs that was refused, else its id. */
async function send(test: TestServer, ...logs: Json[]): Promise<readonly unknown[]> {
  const { body } = await test.post<{ logs: Json[] }>("logs/batch", { logs });
  return body.logs.map(({ id, status }) => id ?? status);
}

describe("logs that wait for one another", () => {
  it("can't make a circle over two requests: the one that closes it is refused", async () => {
    const test = await startTestServer();

    expect(await send(test, below("b", "a"))).toEqual(["a"]);
    expect(await send(test, below("a", "b", "root", ENDED))).toEqual([409]);

    expect((await test.get("logs/b")).status).toBe(404);
    expect((await test.read("a")).trace_children).toEqual([]);
  });

  it("can't make a circle inside one request, also of more than two, in a new trace", async () => {
    const test = await startTestServer();

    const answers = await send(
      test,
      flow("root"),
      below("b", "a"),
      below("c", "b"),
      below("a", "c"),
    );

    expect(answers.filter((answer) => answer === 409)).toHaveLength(1);
    expect(answers).toHaveLength(4);
    const { body } = await test.get<Json>("logs/root");
    expect(JSON.stringify(body).match(/"trace_children"/g)).toHaveLength(3);
  });

  it("end every walk through a circle that two traces made when they became one", async () => {
    const test = await startTestServer();
    await send(test, flow("one"), below("b", "a", "one"));
    await send(test, below("c", "b", "two"));
    await send(test, below("a", "c", "one"));

    const joined = await send(test, flow("two", { trace_id: "one" }));
    const updated = await send(test, {
      op: "update",
      type: "tool",
      log_id: "a",
      path: NEW.tool.path,
      ...ENDED,
    });
    const read = await test.get<Json>("logs/a");
    const deleted = await test.delete("logs?id=a");

    expect([joined, updated]).toEqual([["two"], ["a"]]);
    expect(JSON.stringify(read.body).match(/"trace_children"/g)).toHaveLength(3);
    expect(deleted.status).toBe(204);
  });

  it("join no trace of a log that is alone", async () => {
    const test = await startTestServer();
    await test.log("tool", { ...NEW.tool, log_id: "alone" });

    expect(await send(test, below("later", "far", "alone"))).toEqual([409]);
    expect((await test.read("alone")).trace_children).toEqual([]);
  });

  it("are moved with their own trace only, whatever comes under a name of theirs", async () => {
    const test = await startTestServer();
    await send(test, flow("mine"), below("mine", "child", "mine"), {
      op: "complete",
      type: "flow",
      log_id: "mine",
    });
    await send(test, below("far", "waiting", "theirs"));

    await send(
      test,
      flow("other"),
      flow("mine", { trace_id: "other" }),
      flow("far", { trace_id: "other" }),
    );

    expect((await test.read("mine")).trace_children).toMatchObject([
      { id: "child", trace_id: "mine" },
    ]);
    expect((await test.read("other")).trace_children).toMatchObject([
      { id: "far", trace_children: [] },
    ]);
    expect(await test.read("waiting")).toMatchObject({ trace_id: "theirs" });
  });

  it("come below their parent by the thousand once it is there", async () => {
    const test = await startTestServer();
    const waiting = Array.from({ length: 3_000 }, (_, count) =>
      below("step", `far ${count}`, "root", ENDED),
    );
    await send(test, ...waiting);
    await send(test, flow("root"));

    expect(await send(test, below("root", "step"))).toEqual(["step"]);

    const root = await test.read("root");
    expect(root.trace_children[0]?.trace_children).toHaveLength(3_000);
    expect(root).toMatchObject({ end_time: "2026-01-01T11:00:00.000Z" });
  });

  it("take no log that is there further down than a thousand levels", async () => {
    const test = await startTestServer();
    const chain = Array.from({ length: 1_100 }, (_, level) =>
      below(level === 0 ? "root" : `level ${level - 1}`, `level ${level}`),
    );
    await send(test, flow("root"), ...chain, below("root", "step"));

    expect(await send(test, below("level 1099", "step"))).toEqual([409]);
    expect(await send(test, below("level 900", "step"))).toEqual(["step"]);
  });
});

describe("a batch with one log thousands of times", () => {
  it("writes it once, and those below it after the last", async () => {
    const test = await startTestServer();
    const same = Array.from({ length: 2_000 }, () => flow("root"));
    const children = Array.from({ length: 2_000 }, (_, count) => below("root", `child ${count}`));

    const answers = await send(test, ...children, ...same);

    expect(answers.filter((answer) => typeof answer === "number")).toEqual([]);
    expect((await test.read("root")).trace_children).toHaveLength(2_000);
  });
});
