import { describe, expect, it } from "vitest";
import { assembleTree } from "../../src/assemble/assemble-tree.ts";
import { assemble } from "../../src/assemble/index.ts";
import { emptyMemory } from "../../src/assemble/place.ts";
import { toJsonText } from "../../src/base/json-text.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { foreign, logId, own, span, TRACE_ID, values } from "./spans.ts";

type Shared = readonly [session: unknown, user: unknown];

/** Session and user by the end of the log's id. */
function sharedBy(spans: readonly SpanView[]): Readonly<Record<string, Shared>> {
  const read = (each: readonly SpanView[]) =>
    Object.fromEntries(
      assemble(each).map((log) => {
        const { session_id: session, user } = values(log) as Record<string, unknown>;
        return [log.id.slice(-2), [session, user] as const];
      }),
    );
  const result = read(spans);
  expect(read(spans.toReversed())).toEqual(result);
  return result;
}

function said(session?: string, user?: string): Readonly<Record<string, unknown>> {
  return { "gen_ai.conversation.id": session, "user.id": user };
}

describe("session and user", () => {
  it("of a log are those of the nearest one above that says any", () => {
    const spans = [
      own("flow", 1, undefined, { session_id: "s1", user: "ada" }),
      foreign("invoke_agent", 2, 1, said("s2")),
      span(3, 2),
      foreign("chat", 4, 3),
      own("tool", 5, 1),
      own("tool", 6, 1, { user: "bob" }),
    ];

    expect(sharedBy(spans)).toEqual({
      "01": ["s1", "ada"],
      "02": ["s2", "ada"],
      "04": ["s2", "ada"],
      "05": ["s1", "ada"],
      "06": ["s1", "bob"],
    });
  });

  it("that only spans inside a trace say are the whole trace's, where they agree", () => {
    const spans = [
      own("flow", 1, undefined),
      own("tool", 2, 1),
      foreign("chat", 3, 1, said("s1", "ada")),
      foreign("chat", 4, 1, said("s1", "bob")),
    ];

    expect(sharedBy(spans)).toEqual({
      "01": ["s1", undefined],
      "02": ["s1", undefined],
      "03": ["s1", "ada"],
      "04": ["s1", "bob"],
    });
  });

  it("go to a Flow that is made, too", () => {
    const spans = [own("tool", 2, 1), foreign("chat", 3, 1, said("s1"))];

    expect(sharedBy(spans)).toEqual({
      [TRACE_ID.slice(-2)]: ["s1", undefined],
      "02": ["s1", undefined],
      "03": ["s1", undefined],
    });
  });

  it("do not go from one trace of the Log API to another beside it", () => {
    const spans = [
      span(1, undefined),
      own("flow", 2, 1, { session_id: "s1" }),
      own("flow", 3, 1, { session_id: "s2" }),
      own("flow", 4, 1),
      own("tool", 5, 4),
    ];

    expect(sharedBy(spans)).toEqual({
      "02": ["s1", undefined],
      "03": ["s2", undefined],
      "04": [undefined, undefined],
      "05": [undefined, undefined],
    });
  });

  it("come from a span without a log, by its context", () => {
    const contextFields = { session_id: toJsonText("s1") };
    const spans = [span(1, undefined, { contextFields }), own("flow", 2, 1), own("tool", 3, 2)];

    expect(sharedBy(spans)).toEqual({ "02": ["s1", undefined], "03": ["s1", undefined] });
  });

  it("of a framework's wrapper stay when it folds with its call", () => {
    const spans = [
      own("prompt", 1, undefined),
      foreign("invoke_agent", 2, 1, said("s1")),
      foreign("chat", 3, 2),
    ];

    expect(sharedBy(spans)).toEqual({ "01": ["s1", undefined] });
  });

  it("of a log are not changed by what comes later, and a root that is still open gets them", () => {
    const memory = emptyMemory();
    const open = own("flow", 1, undefined, {}, { endTime: undefined });
    const early = assembleTree(
      memory,
      [open, own("tool", 2, 1)],
      {},
      { open: true, withLone: true },
    );
    const late = assembleTree(memory, [
      own("flow", 1, undefined),
      foreign("chat", 3, 1, said("s1")),
    ]);

    expect(early.drafts.map(({ fields }) => fields.session_id)).toEqual([undefined, undefined]);
    expect(late.drafts.map(({ id, fields }) => [id, fields.session_id])).toEqual([
      [logId(1), `"s1"`],
      [logId(3), `"s1"`],
    ]);
  });
});
