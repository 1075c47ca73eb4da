import { context, trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { currentLog, flow, prompt, record, tool } from "../../src/index.ts";
import { collectGarbage } from "./garbage.ts";
import { useRecording } from "./recording.ts";

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("start()", () => {
  const recording = useRecording();

  it.each([
    ["flow", flow],
    ["prompt", prompt],
    ["tool", tool],
  ] as const)("opens the log of a %s that ends with its handle", async (type, wrapper) => {
    const handle = wrapper.start({ path: "by hand", user: "u" });
    await pause();
    expect(recording.spans()).toEqual([]);

    handle.record({ output: "done" });
    handle.end();

    expect(recording.recorded("by hand").type).toBe(type);
    expect(recording.fields("by hand")).toEqual({ path: "by hand", user: "u", output: "done" });
  });

  it("runs functions inside the log as often as it is asked to, and gives what they give", async () => {
    const error = new Error("the user's own");
    const handle = flow.start("outer");
    const leaf = tool("leaf", () => currentLog().traceId);
    const step = async () => {
      await pause();
      record({ metadata: { seen: true } });
      return leaf();
    };

    expect(handle.run(() => 3)).toBe(3);
    expect(await handle.run(step)).toBe(handle.id);
    expect(() =>
      handle.run(() => {
        throw error;
      }),
    ).toThrow(error);
    expect(recording.spans()).toHaveLength(1);
    handle.end();

    expect(recording.fields("outer")).toEqual({ path: "outer", metadata: { seen: true } });
    expect(recording.span("leaf").parentSpanContext?.spanId).toBe(
      recording.span("outer").spanContext().spanId,
    );
  });

  it("leaves what merely follows it outside", () => {
    const handle = flow.start("outer");
    record({ user: "nobody's" });
    tool("beside", () => 1)();
    handle.end();

    expect(currentLog().id).toBe("");
    expect(recording.fields("outer")).toEqual({ path: "outer" });
    expect(recording.span("beside").parentSpanContext).toBeUndefined();
  });

  it("gives its context, to be made active or to be a parent", () => {
    const handle = flow.start("outer");
    const child = context.with(handle.context, () => tool.start("child"));
    trace.getTracer("other").startSpan("foreign", {}, handle.context).end();
    child.end();
    handle.end();

    for (const name of ["child", "foreign"]) {
      expect(recording.span(name).parentSpanContext?.spanId).toBe(
        recording.span("outer").spanContext().spanId,
      );
    }
  });

  it("says where the log will be found", () => {
    const handle = flow.start("outer");
    const inner = handle.run(() => tool.start("inner"));

    const { id, traceId, url } = inner;
    expect({ id, traceId, url }).toEqual(inner.run(currentLog));
    expect(traceId).toBe(handle.id);
    inner.end();
    handle.end();
  });

  it("ends once: what comes later does nothing", () => {
    const ended = flow.start("ended");
    ended.end();
    ended.end();
    ended.fail(new Error("late"));
    ended.record({ user: "late" });
    const failed = flow.start("failed");
    failed.fail(new TypeError("no"));
    failed.end();

    expect(ended.run(() => 1)).toBe(1);
    expect(recording.spans()).toHaveLength(2);
    expect(recording.fields("ended")).toEqual({ path: "ended" });
    expect(recording.fields("failed")).toEqual({ path: "failed", error: "TypeError: no" });
    expect(recording.span("failed").attributes["flowspan.outcome"]).toBe("error");
  });

  it("ends at the end of a using block", () => {
    {
      using handle = flow.start("block");
      handle.record({ output: "x" });
      expect(recording.spans()).toEqual([]);
    }

    expect(recording.fields("block")).toEqual({ path: "block", output: "x" });
  });

  it("works with methods that were taken off the handle", async () => {
    const { run, record: add, end } = tool.start("taken");
    await collectGarbage();
    add({ output: run(() => "x") });
    end();

    expect(recording.fields("taken")).toEqual({ path: "taken", output: "x" });
    expect(recording.span("taken").attributes["flowspan.outcome"]).toBeUndefined();
  });

  it("ends as unobserved when the handle is dropped with its log open", async () => {
    (() => void flow.start("dropped").run(() => record({ user: "u" })))();
    const kept = flow.start("kept");
    const keptContext = (() => tool.start("context only").context)();

    await collectGarbage();

    expect(recording.span("dropped").attributes["flowspan.outcome"]).toBe("unobserved");
    expect(recording.fields("dropped").user).toBe("u");
    expect(recording.span("context only").attributes["flowspan.outcome"]).toBe("unobserved");
    expect(recording.spans().map(({ name }) => name)).not.toContain("kept");
    kept.end();
    expect(trace.getSpan(keptContext)).toBeDefined();
  });

  it("refuses wrong options where it is written", () => {
    expect(() => flow.start({ colour: "red" } as never)).toThrow(
      "flow(): there is no option colour.",
    );
    expect(() => tool.start(3 as never)).toThrow("tool(): expected a function, a path or options");
  });
});

describe("start() with tracing off", () => {
  it("does everything but record", () => {
    const handle = flow.start("off");

    expect(handle.run(() => 3)).toBe(3);
    expect(handle).toMatchObject({ id: "", traceId: "", url: "", context: context.active() });
    handle.record({ output: "x" });
    handle.fail(new Error("no"));
    handle.end();
    handle[Symbol.dispose]();
  });
});

describe("start() sampled out", () => {
  const recording = useRecording(new AlwaysOffSampler());

  it("keeps its context active, so that what is below follows the decision", () => {
    const handle = flow.start("out");

    const below = handle.run(() => tool("below", currentLog)());
    handle.record({ output: "x" });
    handle.end();

    expect(below.traceId).toBe(handle.id);
    expect(recording.spans()).toEqual([]);
  });
});
