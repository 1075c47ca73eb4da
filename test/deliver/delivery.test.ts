import { afterEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../src/deliver/index.ts";
import type { LogApiSink, SinkOptions } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import { complete, create, draft, smallTrace, update } from "./operations.ts";
import { startDelivery } from "./start-delivery.ts";

const open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(
  options: SinkOptions,
  more: { maxQueueBytes?: number } = {},
): Promise<{ sink: LogApiSink; delivery: Delivery }> {
  const sink = await startLogApiSink(options);
  const delivery = startDelivery({ url: sink.url, ...more });
  open.push({ close: () => delivery.shutdown(0) }, sink);
  return { sink, delivery };
}

/** The sink's own ids told as the drafts' ids, which every draft carries as its `source`. */
function bySource(sink: LogApiSink): Record<string, string | undefined> {
  const sources = new Map([...sink.logs.values()].map((log) => [log.id, log.fields.source]));
  const parents = [...sink.logs.values()].map((log) => [
    log.fields.source,
    log.parentId === undefined ? undefined : sources.get(log.parentId),
  ]);
  return Object.fromEntries(parents);
}

describe("both wires", () => {
  for (const batch of [true, false]) {
    const wire = batch ? "batch wire" : "document wire";

    it(`${wire}: brings a trace over, root first, completion last`, async () => {
      const { sink, delivery } = await start({ batch });

      delivery.submit(smallTrace("a"));
      const stats = await delivery.flush(5_000);

      expect(bySource(sink)).toEqual({
        a_root: undefined,
        a_prompt: "a_root",
        a_tool: "a_root",
        a_inner: "a_tool",
      });
      expect(sink.requests[0]).toMatchObject({ method: "GET", path: "/flows" });
      expect(sink.requests[0]!.query.get("size")).toBe("1");
      expect(sink.taken[0]).toBe("create a_root");
      expect(sink.taken.at(-1)).toBe("complete a_root");
      expect(stats).toMatchObject({ recorded: 4, sent: 4, pending: 0, dropped: {} });
    });

    it(`${wire}: is usable after a flush`, async () => {
      const { sink, delivery } = await start({ batch });

      delivery.submit(smallTrace("a"));
      await delivery.flush(5_000);
      delivery.submit(smallTrace("b"));
      const stats = await delivery.flush(5_000);

      expect(sink.completed).toEqual(new Set(["a_root", "b_root"]));
      expect(stats).toMatchObject({ recorded: 8, sent: 8, pending: 0 });
    });

    it(`${wire}: updates logs that are in`, async () => {
      const { sink, delivery } = await start({ batch });
      const root = draft("flow", "r");
      const prompt = draft("prompt", "p", root, { output: "half" });
      delivery.submit([create(root), create(prompt)]);
      await delivery.flush(5_000);

      const changed = draft("prompt", "p", root, { output: "whole" });
      const ended = draft("flow", "r", undefined, { output: "done" });
      delivery.submit([update(changed, ["output"]), update(ended, ["output"]), complete(ended)]);
      await delivery.flush(5_000);

      const outputs = [...sink.logs.values()].map((log) => [log.fields.source, log.fields.output]);
      expect(Object.fromEntries(outputs)).toEqual({ p: "whole", r: "done" });
      expect(sink.taken.at(-1)).toBe("complete r");
    });
  }
});
