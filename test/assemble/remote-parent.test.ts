import { describe, expect, it } from "vitest";
import { assembleTree } from "../../src/assemble/assemble-tree.ts";
import { assemble } from "../../src/assemble/index.ts";
import { emptyMemory } from "../../src/assemble/place.ts";
import type { LogDraft } from "../../src/base/log-types.ts";
import { logId, own, span, spanId, TRACE_ID } from "./spans.ts";

/** Of the process above: root Flow 1, in it tool 2. */
const REMOTE = { rootId: logId(1), id: logId(2), sampled: true, unsaved: false };
const TEXT = `${logId(1)}/${spanId(2)}`;
const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" };

function places(drafts: readonly LogDraft[]): readonly (readonly (string | undefined)[])[] {
  return drafts.map(({ id, rootId, parentId }) => [id, rootId, parentId]);
}

describe("spans below another process's log", () => {
  it("hang under it in its trace, without a Flow made for them", () => {
    const server = span(10, 2, { parentIsRemote: true, remoteParent: REMOTE });
    const spans = [server, own("tool", 11, 10), own("prompt", 12, 11), own("tool", 13, 10)];

    expect(places(assemble(spans))).toEqual([
      [logId(11), logId(1), logId(2)],
      [logId(12), logId(1), logId(11)],
      [logId(13), logId(1), logId(2)],
    ]);
  });

  it("hold a Flow as one that is nested", () => {
    const flow = own("flow", 10, 2, {}, { parentIsRemote: true, remoteParent: REMOTE });

    expect(places(assemble([flow, own("tool", 11, 10)]))).toEqual([
      [logId(10), logId(1), logId(2)],
      [logId(11), logId(1), logId(10)],
    ]);
  });

  it("are told by our own spans' attribute where only spans come", () => {
    const attributes = { "flowspan.type": "flow", "flowspan.path": "f", "flowspan.parent": TEXT };
    const server = span(10, 2, { parentIsRemote: true });
    const flow = span(11, 10, { attributes });

    expect(places(assemble([server, flow, span(12, 11, { attributes: CHAT })]))).toEqual([
      [logId(11), logId(1), logId(2)],
      [logId(12), logId(1), logId(11)],
    ]);
  });

  it("stand where their parents stand when those spans are there, too", () => {
    const attributes = { "flowspan.type": "tool", "flowspan.parent": `${logId(1)}/${spanId(1)}` };
    const spans = [
      own("flow", 1, undefined),
      own("tool", 2, 1),
      span(10, 2, { parentIsRemote: true, attributes }),
    ];

    expect(places(assemble(spans)).at(-1)).toEqual([logId(10), logId(1), logId(2)]);
  });

  it.each([
    ["another trace's log", TEXT.replace(TRACE_ID, "f".repeat(32))],
    ["no log", "nonsense"],
    ["a number", 5],
  ])("stand alone for %s", (_, text) => {
    const attributes = { "flowspan.type": "tool", "flowspan.parent": text };

    expect(places(assemble([span(10, 2, { parentIsRemote: true, attributes })]))).toEqual([
      [logId(10), undefined, undefined],
    ]);
  });

  it("store no payload where save: false was said above", () => {
    const remoteParent = { ...REMOTE, unsaved: true };
    const attributes = { "flowspan.type": "tool", "flowspan.parent": `${TEXT}/unsaved` };
    const spans = [
      own("tool", 10, 2, { output: "secret" }, { parentIsRemote: true, remoteParent }),
      own("tool", 11, 10, { output: "secret" }),
      span(12, 2, { attributes: { ...attributes, "flowspan.output": "secret" } }),
    ];

    const drafts = assemble(spans);

    expect(drafts.map(({ save, fields }) => [save, fields.save, fields.output])).toEqual(
      Array(3).fill([false, "false", undefined]),
    );
  });

  it("keep their place when they are given again", () => {
    const memory = emptyMemory();
    const flow = own("flow", 10, 2, {}, { remoteParent: REMOTE });

    const open = assembleTree(memory, [{ ...flow, endTime: undefined }]);
    const below = assembleTree(memory, [own("tool", 11, 10)]);
    const ended = assembleTree(memory, [flow]);

    expect(places(open.drafts)).toEqual(places(ended.drafts));
    expect(places(below.drafts)).toEqual([[logId(11), logId(1), logId(10)]]);
  });
});
