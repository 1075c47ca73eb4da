import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/assemble/options.ts";
import { type FieldKind, LOG_FIELDS } from "../../src/base/log-fields.ts";
import type { LogType } from "../../src/base/log-types.ts";
import { readSpan } from "../../src/dialects/index.ts";
import { own, span } from "../assemble/spans.ts";

const VALUES = { string: "s", number: 1.5, boolean: true, text: 'a "b"', json: { a: [1, null] } };

const exampleOf = (kind: FieldKind, opens?: "{" | "[") => (opens === "[" ? ["a", 1] : VALUES[kind]);

describe("a span of our own", () => {
  it("has no payload where its attributes say that none is saved", () => {
    const attributes = { "flowspan.type": "tool", "flowspan.save": false, "flowspan.inputs": "" };

    const reading = readSpan(span(1, undefined, { attributes }), DEFAULT_LIMITS);

    expect(reading?.fields).toEqual({ save: "false" });
    expect(reading?.meta).toEqual({});
  });

  it("is read from what this process recorded, text by text", () => {
    const view = own("tool", 1, undefined, { inputs: { a: 1 } });
    const reading = readSpan(view, DEFAULT_LIMITS);

    expect(reading?.fields).toBe(view.recorded?.fields);
    expect(reading).toMatchObject({ type: "tool", own: true, inference: false });
  });

  it.each(["flow", "prompt", "tool"] satisfies LogType[])(
    "is read from its attributes where nothing was recorded: every field of a %s",
    (type) => {
      const fields = LOG_FIELDS.filter((field) => field.types.includes(type));
      const attributes = Object.fromEntries(
        fields.map(({ attribute, kind, opens }) => [
          attribute,
          kind === "json" ? JSON.stringify(exampleOf(kind, opens)) : VALUES[kind],
        ]),
      );
      const view = span(1, undefined, { attributes: { "flowspan.type": type, ...attributes } });
      const reading = readSpan(view, DEFAULT_LIMITS);

      expect(reading?.type).toBe(type);
      expect(reading?.fields).toEqual(
        Object.fromEntries(
          fields.map(({ wire, kind, opens }) => [wire, JSON.stringify(exampleOf(kind, opens))]),
        ),
      );
    },
  );

  it("has its query, outcome, usage parts and timings from attributes", () => {
    const attributes = {
      "flowspan.type": "prompt",
      "flowspan.query.version_id": "prv_1",
      "flowspan.query.environment": "staging",
      "flowspan.outcome": "aborted",
      "flowspan.truncated": '{"inputs":9000}',
      "gen_ai.response.model": "gpt-4o-2024-08-06",
      "gen_ai.response.time_to_first_chunk": 0.25,
      "gen_ai.usage.cache_read.input_tokens": 3,
      "gen_ai.usage.reasoning.output_tokens": 4,
    };
    const reading = readSpan(span(1, undefined, { attributes }), DEFAULT_LIMITS);

    expect(reading?.query).toEqual({ versionId: "prv_1", deployedEnvironment: "staging" });
    expect(reading?.meta).toEqual({
      outcome: '"aborted"',
      truncated: '{"inputs":9000}',
      response_model: '"gpt-4o-2024-08-06"',
      time_to_first_token_seconds: "0.25",
      usage: '{"cached":3,"reasoning":4}',
    });
  });

  it("loses what is broken, and says so", () => {
    const attributes = {
      "flowspan.type": "flow",
      "flowspan.inputs": '{"a":',
      "flowspan.user": 7,
      "flowspan.output": "fine",
      "flowspan.truncated": "{",
    };
    const reading = readSpan(span(1, undefined, { attributes }), DEFAULT_LIMITS);

    expect(reading?.fields).toEqual({ output: '"fine"' });
    expect(reading?.meta).toEqual({ unreadable: '["inputs"]' });
  });

  it("is no log with an unknown type", () => {
    const attributes = { "flowspan.type": "agent" };

    expect(readSpan(span(1, undefined, { attributes }), DEFAULT_LIMITS)).toBeUndefined();
  });
});

describe("a span of the fetch hook", () => {
  const attributes = {
    "flowspan.call": true,
    "flowspan.type": "tool",
    "flowspan.unreadable": "broken JSON: 1, body",
    "gen_ai.operation.name": "embeddings",
    "gen_ai.usage.input_tokens": 8,
  };

  it.each([
    ["its attributes", undefined],
    ["what was recorded", { type: "tool" as const, fields: {}, query: {}, meta: {} }],
  ])("is one provider call, by %s", (_how, recorded) => {
    const reading = readSpan(span(1, undefined, { attributes, recorded }), DEFAULT_LIMITS);

    expect(reading).toMatchObject({
      type: "tool",
      own: false,
      inference: true,
      operation: "embeddings",
      name: undefined,
      meta: { usage: '{"prompt_tokens":8}', unreadable: '["broken JSON: 1","body"]' },
    });
  });
});
