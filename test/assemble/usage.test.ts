import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { foreign, own, values } from "./spans.ts";

/** Input tokens of a span. */
function tokens(count: number): Readonly<Record<string, unknown>> {
  return { "gen_ai.usage.input_tokens": count, "gen_ai.request.model": "gpt-4o" };
}

/** Input tokens by the number of the log's span, wherever they stand. */
function told(spans: readonly SpanView[]): Readonly<Record<number, number>> {
  const read = (each: readonly SpanView[]) =>
    Object.fromEntries(
      assemble(each).flatMap((log) => {
        const { prompt_tokens: field, metadata } = values(log) as {
          prompt_tokens?: number;
          metadata: { flowspan: { usage?: { prompt_tokens?: number } } };
        };
        const count = field ?? metadata.flowspan.usage?.prompt_tokens;
        return count === undefined ? [] : [[Number.parseInt(log.id.slice(-16), 16), count]];
      }),
    );
  const result = read(spans);
  expect(read(spans.toReversed())).toEqual(result);
  return result;
}

describe("usage", () => {
  it.each<[string, readonly SpanView[], Readonly<Record<number, number>>]>([
    [
      "stands on the calls, not on the agents above them",
      [
        foreign("invoke_workflow", 1, undefined, tokens(30)),
        foreign("invoke_agent", 2, 1, tokens(30)),
        foreign("chat", 3, 2, tokens(10)),
        foreign("chat", 4, 2, tokens(20)),
      ],
      { 3: 10, 4: 20 },
    ],
    [
      "stands on the topmost agent where no call tells any",
      [
        foreign("invoke_workflow", 1, undefined, tokens(30)),
        foreign("invoke_agent", 2, 1, tokens(30)),
        foreign("chat", 3, 2),
      ],
      { 1: 30 },
    ],
    [
      "stands on each of several agents where nothing above tells any",
      [
        own("flow", 1, undefined),
        foreign("invoke_agent", 2, 1, tokens(10)),
        foreign("invoke_agent", 3, 1, tokens(20)),
      ],
      { 2: 10, 3: 20 },
    ],
    [
      "of an embedding counts against the agent's",
      [foreign("invoke_agent", 1, undefined, tokens(5)), foreign("embeddings", 2, 1, tokens(5))],
      { 2: 5 },
    ],
    [
      "of several embeddings below one stands on them",
      [
        foreign("embeddings", 1, undefined, tokens(9)),
        foreign("embeddings", 2, 1, tokens(4)),
        foreign("embeddings", 3, 1, tokens(5)),
      ],
      { 2: 4, 3: 5 },
    ],
    [
      "of a tool that sums up what is in it does not count beside its agent's",
      [foreign("invoke_agent", 1, undefined, tokens(8)), foreign("execute_tool", 2, 1, tokens(8))],
      { 1: 8 },
    ],
    [
      "of our own prompt that holds several calls stands on them",
      [
        own("prompt", 1, undefined, { prompt_tokens: 3 }),
        foreign("chat", 2, 1, tokens(1)),
        foreign("chat", 3, 1, tokens(2)),
      ],
      { 2: 1, 3: 2 },
    ],
  ])("%s", (_, spans, expected) => {
    expect(told(spans)).toEqual(expected);
  });
});
