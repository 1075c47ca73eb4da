import { describe, expect, it } from "vitest";
import { complete, create, draft } from "./operations.ts";
import { closeAfterTest, startDelivery, startPair } from "./start-delivery.ts";

/** A log of this process under a root, and under a tool in it, that another process has. */
const root = draft("flow", "root");
const step = draft("tool", "step", root);
const far = draft("prompt", "far", step);

describe("a log below another process's log", () => {
  it("says on the batch wire that its parent may follow, and names its trace", async () => {
    const { sink, delivery } = await startPair({ batch: true });
    const nested = draft("flow", "nested", step);

    delivery.submit([create(far), create(nested), create(draft("tool", "deep", nested))]);
    await delivery.flush(5_000);

    const entries = sink.requests.at(-1)!.body.logs as Record<string, unknown>[];
    const place = { trace_id: "root", trace_parent_log_id: "step", parent_may_follow: true };
    expect(entries).toMatchObject([
      { log_id: "far", ...place },
      { log_id: "nested", ...place },
      { log_id: "deep", trace_id: "root", trace_parent_log_id: "nested" },
    ]);
    expect(entries[2]).not.toHaveProperty("parent_may_follow");
  });

  it("waits on the document wire until the root is there, and goes in under it", async () => {
    const { sink, delivery } = await startPair({ batch: false });
    const other = startDelivery({ url: sink.url });
    closeAfterTest({ close: () => other.shutdown(0) });

    delivery.submit([create(far)]);
    await delivery.flush(50);
    expect(delivery.stats()).toMatchObject({ pending: 1, dropped: {} });
    other.submit([create(root), create(step)]);
    await other.flush(5_000);
    await delivery.flush(5_000);
    // Once a trace is complete, no single request adds to it.
    other.submit([complete(root)]);
    await other.flush(5_000);

    expect(delivery.stats()).toMatchObject({ sent: 1, pending: 0 });
    expect(delivery.stats().dropped).toEqual({});
    const log = [...sink.logs.values()].find(({ fields }) => fields.source === "far");
    expect(log!.parentId).toBe("root");
  });

  it("goes in by itself on the document wire when its parent never comes", async () => {
    // Two minutes in a moment.
    const now = () => performance.now() * 2_000;
    const { sink, delivery } = await startPair({ batch: false }, { now });
    const below = draft("tool", "below", far);

    delivery.submit([create(far), create(below)]);
    await delivery.flush(10_000);

    expect(delivery.stats()).toMatchObject({ recorded: 2, sent: 2, pending: 0, dropped: {} });
    expect([...sink.logs.values()].map(({ parentId }) => parentId)).toEqual([undefined, undefined]);
  });

  it("goes in by itself on the document wire when its trace is complete already", async () => {
    const { sink, delivery } = await startPair({ batch: false });
    const other = startDelivery({ url: sink.url });
    closeAfterTest({ close: () => other.shutdown(0) });
    other.submit([create(root), complete(root)]);
    await other.flush(5_000);

    delivery.submit([create(far)]);
    await delivery.flush(5_000);

    expect(delivery.stats()).toMatchObject({ sent: 1, dropped: {} });
  });
});
