import { context, ROOT_CONTEXT, type Tracer, trace } from "@opentelemetry/api";
import type { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import { assembleTree } from "../../src/assemble/assemble-tree.ts";
import { emptyMemory } from "../../src/assemble/place.ts";
import { carrier, flow, record, resume, tool } from "../../src/index.ts";
import { foreign, logId, own, span } from "../assemble/spans.ts";
import { seenOf } from "./seen.ts";

const CHAT = {
  "gen_ai.operation.name": "chat",
  "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"private"}]}]',
};
const AGENT = { ...CHAT, "gen_ai.operation.name": "invoke_agent" };
const UNSAVED = { save: false };

type Program = (tracer: Tracer, provider: BasicTracerProvider) => unknown;

/** What begins before `save: false` is said above it and goes on after it. */
const BEGUN_BEFORE: Readonly<Record<string, Program>> = {
  "a span of others": (tracer, provider) =>
    flow("go", async () => {
      const begun = tracer.startSpan("x", { attributes: CHAT });
      await provider.forceFlush();
      record(UNSAVED);
      begun.end();
      await provider.forceFlush();
    })(),
  "a span of others below another one": (tracer, provider) =>
    flow("go", async () => {
      const outer = tracer.startSpan("outer");
      const below = trace.setSpan(context.active(), outer);
      const begun = tracer.startSpan("x", { attributes: CHAT }, below);
      await provider.forceFlush();
      record(UNSAVED);
      begun.end();
      await provider.forceFlush();
      outer.end();
    })(),
  "an agent's span of others, still open": (tracer, provider) =>
    flow("go", async () => {
      await provider.forceFlush();
      const begun = tracer.startSpan("x", { attributes: AGENT });
      record(UNSAVED);
      await provider.forceFlush();
      begun.end();
      await provider.forceFlush();
    })(),
  "a call": (_, provider) =>
    flow("go", async () => {
      let goOn = (_: string) => {};
      const begun = tool("inner", () => new Promise<string>((resolve) => (goOn = resolve)))();
      await provider.forceFlush();
      record(UNSAVED);
      goOn("private");
      await begun;
      await provider.forceFlush();
    })(),
  "a call two below": (_, provider) =>
    flow("go", async () => {
      let goOn = (_: string) => {};
      const inner = tool("inner", () => new Promise<string>((resolve) => (goOn = resolve)));
      const begun = flow("between", async () => void (await inner()))();
      await provider.forceFlush();
      record(UNSAVED);
      goOn("private");
      await begun;
      await provider.forceFlush();
    })(),
};

/** What begins after it. */
const BEGUN_AFTER: Readonly<Record<string, Program>> = {
  "a span of others": (tracer, provider) =>
    flow("go", async () => {
      await provider.forceFlush();
      record(UNSAVED);
      tracer.startSpan("x", { attributes: CHAT }).end();
      await provider.forceFlush();
    })(),
  "a span of others, when the call has ended": async (tracer, provider) => {
    let inside = ROOT_CONTEXT;
    await flow("go", async () => {
      inside = context.active();
      await provider.forceFlush();
      record(UNSAVED);
    })();
    tracer.startSpan("x", { attributes: CHAT }, inside).end();
  },
  "a call, and one below it": (_, provider) =>
    flow("go", async () => {
      await provider.forceFlush();
      record(UNSAVED);
      tool("outer", () => tool("inner", (text: string) => text)("private"))();
      await provider.forceFlush();
    })(),
};

describe.each(["batch", "document"] as const)("a late save: false on the %s wire", (wire) => {
  it.each(Object.entries(BEGUN_BEFORE))("holds for %s that began before it", async (_, program) => {
    const seen = await seenOf(wire, {}, program);

    expect(seen.spans + seen.wire).not.toContain("private");
    expect(seen.logs.length).toBeGreaterThan(1);
  });

  it.each(Object.entries(BEGUN_AFTER))("holds for %s that begins after it", async (_, program) => {
    const seen = await seenOf(wire, {}, program);

    expect(seen.spans + seen.wire).not.toContain("private");
    // A plain Log API takes nothing into a trace that is complete.
    expect(seen.logs.length).toBeGreaterThan(0);
  });

  it("does not call back what has gone out, and says so", async () => {
    const seen = await seenOf(wire, {}, (_, provider) =>
      flow("go", async () => {
        tool("before", () => "gone out")();
        await provider.forceFlush();
        record({ ...UNSAVED, stdout: "private" });
      })(),
    );

    expect(seen.wire).toContain("gone out");
    expect(seen.wire).not.toContain("private");
  });
});

describe("save: false", () => {
  const insisting = tool({ path: "inner", save: true }, (text: string) => text);

  it("keeps payloads off the span from the start, emptied ones too", async () => {
    const seen = await seenOf("batch", {}, () =>
      flow({ path: "go", save: false }, (_: string) => "private")("private"),
    );

    expect(seen.spans).not.toContain("flowspan.inputs");
    expect(seen.spans).not.toContain("flowspan.output");
  });

  it("that was said above stays, whatever a call below says", async () => {
    const seen = await seenOf("batch", {}, () =>
      flow({ path: "go", save: false }, () => insisting("private"))(),
    );

    expect(seen.spans + seen.wire).not.toContain("private");
  });

  it("that was said above a carrier stays, whatever a call below says", async () => {
    const seen = await seenOf("batch", {}, () => {
      const carried = flow({ path: "go", save: false }, carrier)();
      resume(carried, () => insisting("private"));
    });

    expect(seen.spans + seen.wire).not.toContain("private");
  });

  it("does not hold beside or above the call that said it", async () => {
    const seen = await seenOf("batch", {}, () =>
      flow("go", () => {
        tool({ path: "hidden", save: false }, () => "private")();
        return tool("beside", () => "shown beside")();
      })(),
    );

    expect(seen.spans).not.toContain("private");
    expect(seen.wire).toContain("shown beside");
  });

  it("holds below a span of others, for spans that were not seen to start", () => {
    const chat = foreign("chat", 3, 2, CHAT);
    const logs = assemble([own("flow", 1, undefined, UNSAVED), span(2, 1), chat]);

    expect(logs).toHaveLength(2);
    expect(JSON.stringify(logs)).not.toContain("private");
  });

  it("holds for what comes when the spans above have gone out", () => {
    const memory = emptyMemory();
    assembleTree(memory, [own("flow", 1, undefined, UNSAVED), span(2, 1)]);

    const { drafts } = assembleTree(memory, [foreign("chat", 3, 2, CHAT)]);

    expect(drafts).toHaveLength(1);
    expect(JSON.stringify(drafts)).not.toContain("private");
  });

  it("that a trace brought from another process holds for spans of others", () => {
    const attributes = { ...CHAT, "flowspan.parent": `${logId(8)}/${logId(9).slice(-16)}/unsaved` };
    const logs = assemble([span(1, undefined, { attributes, parentIsRemote: true })]);

    expect(logs).toHaveLength(1);
    expect(JSON.stringify(logs)).not.toContain("private");
  });

  it("is found thousands of open calls above", async () => {
    const seen = await seenOf("batch", {}, () => {
      const handles = [flow.start({ path: "go", save: false })];
      for (let depth = 0; depth < 3_000; depth++) {
        handles.at(-1)?.run(() => void handles.push(flow.start("go")));
      }
      handles.at(-1)?.run(() => tool("inner", () => "private")());
      for (const handle of handles.toReversed()) handle.end();
    });

    expect(seen.spans + seen.wire).not.toContain("private");
    expect(seen.logs).toHaveLength(3_002);
  });
});
