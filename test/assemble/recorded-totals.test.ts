import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import type { LogDraft } from "../../src/base/log-types.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { hasRecordings, recordedTraces } from "../dialects/recorded-spans.ts";
import { values } from "./spans.ts";

interface Tokens {
  readonly input: number;
  readonly output: number;
}

/** What a sum over the logs' token fields gives, and over the usage of logs without any. */
function totalOf(logs: readonly LogDraft[]): Tokens {
  const told = logs.map((log) => {
    const fields = values(log) as Record<string, number | undefined> & {
      metadata: { flowspan: { usage?: Record<string, number | undefined> } };
    };
    const usage = log.type === "prompt" ? fields : (fields.metadata.flowspan.usage ?? {});
    return { input: usage.prompt_tokens ?? 0, output: usage.output_tokens ?? 0 };
  });
  return told.reduce(
    (sum, { input, output }) => ({ input: sum.input + input, output: sum.output + output }),
    { input: 0, output: 0 },
  );
}

interface Counted {
  readonly spans: readonly SpanView[];
  readonly logs: readonly LogDraft[];
  readonly expected: Tokens;
  readonly actual: Tokens;
}

/** Why a difference is none. */
const REASONS: readonly (readonly [reason: string, holds: (counted: Counted) => boolean])[] = [
  [
    "reasoning tokens are a part of the output's here, and stand beside it there",
    ({ logs, expected, actual }) =>
      actual.input === expected.input && actual.output === expected.output + reasoningOf(logs),
  ],
  [
    "the one usage stands as a provider's raw JSON, which is not looked into there",
    ({ spans, expected, actual }) =>
      expected.input + expected.output === 0 &&
      [actual.input, actual.output].every((count) => usageTexts(spans).includes(`: ${count}`)),
  ],
];

function reasoningOf(logs: readonly LogDraft[]): number {
  return logs.reduce((sum, log) => {
    const { metadata } = values(log) as {
      metadata: { flowspan: { usage?: { reasoning?: number } } };
    };
    return sum + (metadata.flowspan.usage?.reasoning ?? 0);
  }, 0);
}

/** A count of none is always told. */
function usageTexts(spans: readonly SpanView[]): string {
  const texts = spans.flatMap(({ attributes }) =>
    Object.entries(attributes).filter(([name]) => name.includes("usage")),
  );
  return `: 0 ${texts.join(" ")}`;
}

const traces = recordedTraces("");

describe.skipIf(!hasRecordings)("recorded traces", () => {
  it("are there to be read", () => {
    expect(traces.length).toBeGreaterThan(5);
  });

  for (const { file, spans, totals } of traces) {
    it(`count each token once: ${file.replace(".otlp.json", "")}`, () => {
      const expected = totals.deepest_only;

      const logs = assemble(spans);

      const actual = totalOf(logs);
      const isSame = actual.input === expected.input && actual.output === expected.output;
      const [reason] =
        REASONS.find(([, holds]) => !isSame && holds({ spans, logs, expected, actual })) ?? [];
      process.stdout.write(
        `${file}: ${spans.length} spans, ${logs.length} logs, ${actual.input}/${actual.output} of ${expected.input}/${expected.output} tokens${reason ? `: ${reason}` : ""}\n`,
      );
      if (reason === undefined) expect(actual).toEqual(expected);
      expect(totalOf(assemble(spans.toReversed()))).toEqual(actual);
    });
  }
});
