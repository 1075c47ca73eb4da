import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { logId, own, span, spanId } from "./spans.ts";

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
