import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import { DEFAULT_LIMITS } from "../../src/assemble/options.ts";
import { withReading } from "../../src/assemble/with-reading.ts";
import { toJsonText } from "../../src/base/json-text.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { readSpanRecord, writeSpanRecord } from "../../src/collect/span-record.ts";
import { foreign, logId, own, span } from "../assemble/spans.ts";

/** What another process would read of the spans. */
function throughDisk(spans: readonly SpanView[]): readonly SpanView[] {
  return spans.map((one) => {
    const line = writeSpanRecord(withReading(one, DEFAULT_LIMITS));
    return readSpanRecord(JSON.parse(line)) as SpanView;
  });
}

const REMOTE = {
  "flowspan.parent": `log_${"0af7651916cd43dd8448eb211c80319c"}${"00000000000000aa"}/00000000000000bb`,
};

const TREES: Readonly<Record<string, readonly SpanView[]>> = {
  "our own wrappers'": [
    own("flow", 1, undefined, {
      inputs: { q: "ümläut 🦉\n" },
      output: "done",
      metadata: { a: [1] },
    }),
    own("prompt", 2, 1, {
      messages: [{ role: "user", content: "hi" }],
      prompt: { model: "gpt-4o", temperature: 0.3 },
      prompt_tokens: 3,
      error: 'Error: "quoted"',
    }),
    own("tool", 3, 1, { path: undefined }, { query: { versionId: "v1" } }),
  ],
  "a foreign instrumentation's": [
    foreign("invoke_agent", 1, undefined, { "gen_ai.agent.name": "helper" }),
    foreign("chat", 2, 1, {
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": 7,
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
    }),
    foreign(
      "execute_tool",
      3,
      1,
      {},
      { events: [{ name: "exception", attributes: { "exception.message": "no" } }] },
    ),
  ],
  "an HTTP request's with several logs": [
    span(1, undefined, {
      name: "GET /a?key=1",
      attributes: { "http.route": "/a/:id", "http.request.method": "GET" },
    }),
    own("prompt", 2, 1),
    own("tool", 3, 1),
    span(4, 3, { name: "SELECT" }),
    own("tool", 5, 4),
  ],
  "a prompt's with the provider's call inside": [
    own("prompt", 1, undefined, { path: "p" }),
    foreign("chat", 2, 1, { "gen_ai.request.model": "gpt-4o", "gen_ai.usage.output_tokens": 9 }),
  ],
  "another process's part": [
    span(1, undefined, {
      parentSpanId: "00000000000000cc",
      parentIsRemote: true,
      attributes: REMOTE,
    }),
    own("prompt", 2, 1),
  ],
  "with context fields and save: false": [
    own("flow", 1, undefined, { save: false, inputs: { secret: "s3" } }),
    foreign(
      "chat",
      2,
      1,
      {},
      { contextFields: { user: toJsonText("u1"), metadata: toJsonText({ k: 1 }) } },
    ),
  ],
};

describe("a span's record", () => {
  it.each(Object.entries(TREES))("makes the same logs as the span: %s", (_, spans) => {
    expect(assemble(throughDisk(spans))).toEqual(assemble(spans));
  });

  it("is one line", () => {
    for (const spans of Object.values(TREES)) {
      for (const one of spans) {
        expect(writeSpanRecord(withReading(one, DEFAULT_LIMITS))).not.toContain("\n");
      }
    }
  });

  it("holds no secret of a foreign span, and nothing of what is no part of a log", () => {
    const secret = "sk-abcdefghijklmnopqrstuvwx";
    const one = foreign("chat", 1, undefined, {
      "gen_ai.input.messages": JSON.stringify([
        { role: "user", parts: [{ type: "text", content: secret }] },
      ]),
      "http.request.header.authorization": `Bearer ${secret}`,
      "db.statement": "select 1",
    });

    const line = writeSpanRecord(withReading(one, DEFAULT_LIMITS));

    expect(line).not.toContain("abcdefghijkl");
    expect(line).not.toContain("select 1");
  });

  it("of a span that has not ended makes a log whose outcome is unobserved", () => {
    const spans = [own("flow", 1, undefined, {}, { endTime: undefined }), own("tool", 2, 1)];

    const [flow] = assemble(throughDisk(spans));

    expect(flow).toMatchObject({ id: logId(1), ended: false });
    expect(JSON.parse(flow?.fields.metadata ?? "")).toMatchObject({
      flowspan: { outcome: "unobserved" },
    });
  });

  it.each([
    undefined,
    null,
    7,
    "text",
    [],
    {},
    { span: {} },
    { span: { trace_id: "a", span_id: 2, start: [1, 2] } },
  ])("is none for %j", (record) => {
    expect(readSpanRecord(record)).toBeUndefined();
  });
});
