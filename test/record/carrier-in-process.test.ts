import { context, diag, propagation, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Carrier, carrier, flow, prompt, resume, tool } from "../../src/index.ts";
import type { StartOptions, Tracing } from "../../src/node/index.ts";
import { start } from "../../src/node/index.ts";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";

let sink: LogApiSink;
let tracing: Tracing;

beforeEach(async () => {
  sink = await startLogApiSink({ batch: true });
});

afterEach(async () => {
  await tracing.shutdown();
  for (const api of [trace, context, propagation, diag]) api.disable();
  await sink.close();
});

function begin(options: StartOptions = {}): void {
  tracing = start({ url: sink.url, ...options });
}

/** Each log's path with its parent's. */
function tree(): Record<string, string | undefined> {
  const pathOf = (id: string | undefined) => sink.logs.get(id ?? "")?.fields.path as string;
  return Object.fromEntries(
    [...sink.logs.values()].map((log) => [pathOf(log.id), pathOf(log.parentId ?? "")]),
  );
}

function rootOf(path: string): unknown {
  return [...sink.logs.values()].find(({ fields }) => fields.path === path)?.fields.trace_id;
}

const job = tool("job", async () => prompt("ask", async () => "answer")());

/** A Flow whose step puts a job in a queue; the job's carrier is given. */
async function push(): Promise<Carrier> {
  return flow("root", async () => tool("push", async () => carrier())())();
}

describe("a job that is resumed in the same process", () => {
  it("joins the tree while its parent is open", async () => {
    begin();

    await flow("root", async () => {
      const taken = await tool("push", async () => carrier())();
      await context.with(context.active(), () => resume(taken, job));
    })();
    await tracing.shutdown();

    expect(tree()).toEqual({ root: undefined, push: "root", job: "push", ask: "job" });
    expect(sink.completed.size).toBe(1);
    expect(tracing.stats()).toMatchObject({ recorded: 4, sent: 4, late: 0, dropped: {} });
  });

  it("joins the tree after its root has ended, which is completed once after it", async () => {
    begin();

    const taken = await push();
    await tracing.flush();
    expect(sink.completed.size).toBe(0);
    await resume(taken, job);
    const stats = await tracing.shutdown();

    expect(tree()).toEqual({ root: undefined, push: "root", job: "push", ask: "job" });
    expect(sink.taken.filter((line) => line.startsWith("complete"))).toHaveLength(1);
    expect(sink.taken.at(-1)).toMatch(/^complete/);
    expect(stats).toMatchObject({ recorded: 4, sent: 4, late: 0 });
  });

  it("joins the trace when nothing here remembers it", async () => {
    begin();
    const taken = await push();
    await tracing.shutdown();

    begin();
    await resume(taken, flow("later", job));
    const stats = await tracing.shutdown();

    const root = [...sink.logs.values()].find(({ fields }) => fields.path === "root")!;
    expect(tree()).toEqual({
      root: undefined,
      push: "root",
      later: "push",
      job: "later",
      ask: "job",
    });
    expect(["job", "ask", "push"].map(rootOf)).toEqual([root.id, root.id, root.id]);
    expect(sink.taken.filter((line) => line === `complete ${root.id}`)).toHaveLength(1);
    expect(stats).toMatchObject({ recorded: 3, sent: 3, late: 0, dropped: {} });
  });

  it("stores nothing that it gets or gives below a Flow that saves nothing", async () => {
    begin();
    const inner = tool("inner", async () => carrier());
    const taken = await flow({ path: "root", save: false }, async () => inner())();
    await tracing.shutdown();
    begin();

    await resume(taken, () => flow("later", async (_secret: string) => job())("secret"));
    await tracing.shutdown();

    expect(sink.logs.size).toBe(5);
    for (const { fields } of sink.logs.values()) {
      expect(fields.save).toBe(false);
      for (const name of ["inputs", "output", "messages"]) expect(fields).not.toHaveProperty(name);
    }
  });

  it("brings foreign spans along", async () => {
    begin();
    const taken = await push();
    await tracing.shutdown();
    begin();

    resume(taken, () =>
      trace.getTracer("http").startActiveSpan("GET", (span) => {
        const attributes = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" };
        trace.getTracer("sdk").startSpan("chat", { attributes }).end();
        trace.getTracer("sdk").startSpan("chat", { attributes }).end();
        span.end();
      }),
    );
    await tracing.shutdown();

    const prompts = [...sink.logs.values()].filter(({ type }) => type === "prompt");
    const push_ = [...sink.logs.values()].find(({ fields }) => fields.path === "push")!;
    expect(prompts.map(({ parentId }) => parentId)).toEqual([push_.id, push_.id]);
    expect(sink.logs.size).toBe(4);
  });

  it("keeps jobs of different traces apart, whatever the order they run in", async () => {
    begin();
    const queue: (() => Promise<unknown>)[] = [];
    const produce = (name: string) =>
      flow(name, async () => {
        const taken = carrier();
        queue.push(() =>
          resume(
            taken,
            tool(`job of ${name}`, async () => name),
          ),
        );
      })();

    await Promise.all(["a", "b", "c"].map(produce));
    await Promise.all(queue.reverse().map((run) => run()));
    await tracing.shutdown();

    expect(tree()).toEqual({
      a: undefined,
      b: undefined,
      c: undefined,
      "job of a": "a",
      "job of b": "b",
      "job of c": "c",
    });
    expect(sink.completed.size).toBe(3);
  });

  it("opens a trace as soon as it is carried elsewhere", async () => {
    begin({ openTraceMillis: 60_000 });
    let end = () => {};
    const running = flow("root", async () => {
      carrier();
      await new Promise<void>((resolve) => {
        end = resolve;
      });
    })();

    await expect.poll(() => sink.taken.length, { timeout: 5_000 }).toBe(1);
    expect(sink.completed.size).toBe(0);
    end();
    await running;
  });
});

describe("a job of a call that is in no Flow", () => {
  it("shares a made Flow with it", async () => {
    begin({ lateSpanMillis: 0 });

    const taken = prompt("ask first", () => carrier())();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await resume(taken, job);
    await tracing.shutdown();

    expect(tree()).toEqual({
      "ask first/flow": undefined,
      "ask first": "ask first/flow",
      job: "ask first",
      ask: "job",
    });
  });
});
