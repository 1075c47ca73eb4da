import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assembleTree } from "../../src/assemble/assemble-tree.ts";
import { type AssembleOptions, assemble, type LogDraft } from "../../src/assemble/index.ts";
import { emptyMemory } from "../../src/assemble/place.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { foreign, logId, own, request, span, spanId } from "./spans.ts";

const START = [1_795_300_801, 5_000_000] as const;
const ids = (spans: readonly SpanView[]) => assemble(spans).map(({ id }) => id);
const root = own("flow", 1, undefined);

describe("calls that start on the same millisecond", () => {
  it("of our own wrappers come in the order in which they began", () => {
    const call = (number: number, startMillis: number): SpanView => {
      const view = own("tool", number, 1, {}, { startTime: START });
      return { ...view, recorded: view.recorded && { ...view.recorded, startMillis } };
    };
    const spans = [root, call(2, 7.9), call(3, 7.2), call(4, 7.5)];

    expect(ids(spans)).toEqual([logId(1), logId(3), logId(4), logId(2)]);
    expect(ids(spans.toReversed())).toEqual(ids(spans));
  });

  it("of others come in the order in which they ended", () => {
    const tool = (number: number, endMicros: number): SpanView =>
      span(number, 1, {
        attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": spanId(number) },
        startTime: START,
        endTime: [START[0], START[1] + endMicros * 1000],
      });
    const spans = [root, tool(2, 900), tool(3, 200), tool(4, 500)];

    expect(ids(spans)).toEqual([logId(1), logId(3), logId(4), logId(2)]);
    expect(ids(spans.toReversed())).toEqual(ids(spans));
  });
});

const KINDS = [
  "flow",
  "prompt",
  "tool",
  "pass",
  "chat",
  "embeddings",
  "invoke_agent",
  "request",
] as const;

interface Plan {
  readonly kind: (typeof KINDS)[number];
  /** Picks the parent among the spans before. */
  readonly parent: number;
  readonly fails: boolean;
  readonly tokens: number | undefined;
  readonly session: string | undefined;
  /** How much of its parent's time it takes. */
  readonly endMillis: number;
}

const plans: fc.Arbitrary<readonly Plan[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    parent: fc.nat(99),
    fails: fc.boolean(),
    tokens: fc.option(fc.constantFrom(5, 7), { nil: undefined }),
    session: fc.option(fc.constantFrom("s1", "s2"), { nil: undefined }),
    endMillis: fc.constantFrom(1000, 990, 500),
  }),
  { minLength: 1, maxLength: 20 },
);

function toSpans(all: readonly Plan[]): readonly SpanView[] {
  return all.map(({ kind, parent, fails, tokens, session, endMillis }, index) => {
    const number = index + 1;
    const above = index === 0 ? undefined : 1 + Math.floor((parent / 100) * index);
    const error = fails ? "failed" : undefined;
    const end = { endTime: [START[0], START[1] + endMillis * 1e6 * 0.9] as const };
    const more = { startTime: START, ...end };
    switch (kind) {
      case "flow":
      case "tool":
        return own(kind, number, above, { session_id: session, error }, more);
      case "prompt":
        return own(kind, number, above, { prompt_tokens: tokens, error }, more);
      case "request":
        return request(number, above, { prompt_tokens: tokens, error, session_id: session }, more);
      case "pass":
        return span(number, above, more);
      default:
        return foreign(
          kind,
          number,
          above,
          {
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.input_tokens": tokens,
            "gen_ai.conversation.id": session,
          },
          { status: { code: fails ? 2 : 0 }, ...more },
        );
    }
  });
}

const options: AssembleOptions = {
  price: ({ promptTokens = 0 }) => ({ promptCost: promptTokens }),
  estimateTokens: (text) => text.length,
};

describe("spans of any kind", () => {
  it("give the same logs in any order", () => {
    fc.assert(
      fc.property(plans, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (all, keys) => {
        const spans = toSpans(all);
        const shuffled = spans
          .map((view, index) => ({ view, key: keys[index] ?? 0 }))
          .toSorted((left, right) => left.key - right.key)
          .map(({ view }) => view);

        expect(assemble(shuffled, options)).toEqual(assemble(spans, options));
      }),
      { numRuns: 200 },
    );
  });

  it("given in parts give each log once, below one that is there", () => {
    fc.assert(
      fc.property(plans, fc.array(fc.nat(3), { minLength: 20, maxLength: 20 }), (all, parts) => {
        const spans = toSpans(all);
        const memory = emptyMemory();
        const made = new Map<string, LogDraft>();
        for (const part of [0, 1, 2, 3]) {
          const now = spans.filter((_, index) => parts[index] === part);
          const progress = { open: part < 3, withLone: true };
          for (const draft of assembleTree(memory, now, options, progress).drafts) {
            expect(made.has(draft.id) && draft.type !== "flow").toBe(false);
            made.set(draft.id, draft);
          }
        }

        for (const { id, parentId } of made.values()) {
          if (parentId !== undefined) expect(made.has(parentId), `parent of ${id}`).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("a request that ends after its call was handed over", () => {
  const call = (tokens: number | undefined): SpanView =>
    foreign("chat", 2, 1, {
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": tokens,
    });
  const late = [span(3, 2), request(4, 3, { prompt_tokens: 12 })];

  function handOver(first: readonly SpanView[]): readonly string[] {
    const memory = emptyMemory();
    assembleTree(memory, [root, ...first], {}, { open: true, withLone: true });
    return assembleTree(memory, late).drafts.map(({ id }) => id);
  }

  it("has no log where the call has told its tokens", () => {
    expect(handOver([call(12)])).toEqual([]);
  });

  it("has one where it has not", () => {
    expect(handOver([call(undefined)])).toEqual([logId(4)]);
  });

  it("has none below our own prompt that has told them, either", () => {
    expect(handOver([own("prompt", 2, 1, { prompt_tokens: 12 })])).toEqual([]);
  });

  it("has one below anything else", () => {
    expect(handOver([own("tool", 2, 1)])).toEqual([logId(4)]);
  });
});
