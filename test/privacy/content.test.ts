import type { Tracer } from "@opentelemetry/api";
import { describe, expect, it, vi } from "vitest";
import { carrier, flow, prompt, record, resume, tool, withLogContext } from "../../src/index.ts";
import { type FlowspanOptions, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { CANARIES, type Canary } from "./canaries.ts";
import { seenOf } from "./seen.ts";

const CHAT = {
  "gen_ai.operation.name": "chat",
  "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"private"}]}]',
};

const RAN = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.result": "private" };

const failing = flow("go", (_: string) => {
  record({ outputMessage: { role: "assistant", content: "private" } });
  throw new RangeError("private", { cause: new Error("private") });
});
const called = tool({ path: (text: string) => `by ${text}` }, (text: string) => text);

const program = (tracer: Tracer) => {
  called("private");
  try {
    failing("private");
  } catch {
    // Recorded.
  }
  const span = tracer.startSpan("x", { attributes: CHAT });
  span.recordException(new RangeError("private"));
  span.end();
};

describe.each(["batch", "document"] as const)("content on the %s wire", (wire) => {
  it("none: is on no span and on no wire, errors' texts and made paths included", async () => {
    const seen = await seenOf(wire, { content: "none", semconvContent: true }, program);

    expect(seen.spans + seen.wire + seen.diag).not.toContain("private");
    expect(seen.logs.filter(({ error }) => error === "RangeError")).toHaveLength(2);
  });

  it("log: is on the wire and on no span, errors' texts included", async () => {
    const seen = await seenOf(wire, { content: "log", semconvContent: true }, (tracer) => {
      program(tracer);
    });

    expect(seen.spans.replaceAll("by private", "")).not.toContain("private");
    expect(seen.logs.some(({ error }) => String(error).startsWith("RangeError: private"))).toBe(
      true,
    );
  });

  it("span: is on both", async () => {
    const seen = await seenOf(wire, {}, program);

    expect(seen.spans).toContain("RangeError: private");
    expect(seen.wire).toContain("RangeError: private");
  });

  const inner = tool("inner", (text: string) => text);
  const unsaved: Readonly<Record<string, Parameters<typeof seenOf>[2]>> = {
    "by an option, for a span of others below": (tracer) =>
      flow({ path: "go", save: false }, () => {
        inner("private");
        tracer.startSpan("x", { attributes: CHAT }).end();
      })(),
    "by the context, for a call folded into a prompt": (tracer) =>
      prompt("go", async () =>
        withLogContext({ save: false }, () => tracer.startSpan("x", { attributes: CHAT }).end()),
      )(),
    "late in the call": () =>
      flow("go", (_: string) => {
        record({ stdout: "private" });
        record({ save: false });
        inner("private");
        return "private";
      })("private"),
    "late, for a stream's pieces": async () => {
      const pieces = tool("go", async function* () {
        yield "private";
        record({ save: false });
        yield "private";
      });
      for await (const _ of pieces());
    },
    "above a carrier": () =>
      flow({ path: "go", save: false }, () => resume(carrier(), () => inner("private")))(),
  };

  it.each(Object.entries(unsaved))("save: false, %s, keeps it in", async (_, said) => {
    const seen = await seenOf(wire, {}, said);

    expect(seen.spans + seen.wire).not.toContain("private");
    expect(seen.logs.length).toBeGreaterThan(0);
  });

  const masks: Readonly<Record<string, unknown>> = {
    "gives nothing": () => undefined,
    "gives a number": () => 1,
    "gives a promise": async () => "private",
    "gives a promise that fails": async () => Promise.reject(new Error("private")),
    throws: () => {
      throw new Error("private");
    },
    "calls what is traced": (text: string) => inner(text) && undefined,
    "gives JSON's own signs": () => '"},{"a":["\n\\',
  };

  it.each(Object.entries(masks))("a mask that %s lets nothing through", async (_, mask) => {
    const options = { mask } as unknown as FlowspanOptions;
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const seen = await seenOf(wire, options, (tracer) => {
      inner("private");
      program(tracer);
      tracer.startSpan("x", { attributes: RAN }).end();
    });
    process.off("unhandledRejection", unhandled);

    expect(seen.spans.replaceAll("by private", "") + seen.diag).not.toContain("private");
    expect(seen.wire.replaceAll("by private", "")).not.toContain("private");
    expect(seen.logs.length).toBeGreaterThan(0);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("asks a mask that calls what is traced once for each text", async () => {
    let asked = 0;
    const mask = (text: string) => {
      asked++;
      return asked > 1_000 ? "" : String(inner(text));
    };
    await seenOf(wire, { mask }, () => inner("a"));

    expect(asked).toBe(2);
  });

  it("asks the masks of all that are in use", async () => {
    const second = new FlowspanSpanProcessor({
      url: "http://127.0.0.1:9",
      mask: (text) => text.replaceAll("one", "[1]"),
      shutdownTimeoutMillis: 1,
    });
    const mask = (text: string) => text.replaceAll("two", "[2]");
    const seen = await seenOf(wire, { mask }, () => inner("one two three"));
    await second.shutdown();

    expect(seen.spans).toContain("[1] [2] three");
    expect(seen.wire).toContain("[1] [2] three");
  });

  it("masks a secret that a cut goes through", async () => {
    const [{ text, secret }] = CANARIES as [Canary];
    for (let before = 940; before < 1_024; before += 3) {
      const seen = await seenOf(wire, { maxFieldBytes: 1_024 }, () =>
        inner(`${" ".repeat(before)}${text}`),
      );

      expect(seen.spans + seen.wire).not.toContain(secret.slice(0, 8));
    }
  });
});
