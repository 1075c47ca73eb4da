import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Fault } from "../log-api-sink.ts";
import { ODD_ANSWERS, startOddServer } from "../odd-answers.ts";
import { smallTrace } from "./operations.ts";
import { closeAfterTest, startDelivery, startPair } from "./start-delivery.ts";

/** Far over every deadline below, far under the tries' own time limits. */
const SOON_MILLIS = 3_000;

/** Whether the work ends long before anything but its own deadline would end it. */
async function endsSoon<T>(work: Promise<T>): Promise<T> {
  const late = sleep(SOON_MILLIS, "late" as const, { ref: false });
  const first = await Promise.race([work, late]);
  expect(first).not.toBe("late");
  return work;
}

describe("flush and shutdown", () => {
  it("many flushes at once end each at its own time, with the same truth", async () => {
    const { delivery } = await startPair({ batch: true, fault: () => "hang" });
    delivery.submit(smallTrace("a"));

    const all = await endsSoon(
      Promise.all([10, 0, 50, 20, -5, Number.NaN].map((millis) => delivery.flush(millis))),
    );

    for (const stats of all) expect(stats).toMatchObject({ recorded: 4, sent: 0, pending: 4 });
  });

  it("a flush without an end waits for the logs, not for a timer that is too long", async () => {
    const { sink, delivery } = await startPair({ batch: true, delayMillis: 50 });
    delivery.submit(smallTrace("a"));

    const stats = await delivery.flush(Number.POSITIVE_INFINITY);

    expect(stats).toMatchObject({ sent: 4, pending: 0 });
    expect(sink.logs.size).toBe(4);
  });

  it("a flush during a shutdown ends with it, and what comes later is counted as lost", async () => {
    const { delivery } = await startPair({ batch: true, fault: () => "hang" });
    delivery.submit(smallTrace("a"));

    const end = delivery.shutdown(60);
    const during = delivery.flush(60_000);
    delivery.submit(smallTrace("b"));
    const [stats, flushed] = await endsSoon(Promise.all([end, during]));
    const after = await endsSoon(delivery.flush(60_000));

    expect(stats).toMatchObject({ recorded: 8, sent: 0, pending: 0, dropped: { shutdown: 8 } });
    expect(flushed).toMatchObject({ recorded: 8, sent: 0, pending: 0 });
    expect(after).toEqual(delivery.stats());
  });

  it.each(["nothing at all", "headers and then nothing", "a slow drip", "endless headers"])(
    "a shutdown without time ends at once while the server answers %s, and closes its connections",
    async (name) => {
      let open = 0;
      const server = await startOddServer((socket) => {
        open += 1;
        socket.on("close", () => {
          open -= 1;
        });
        ODD_ANSWERS[name]!(socket);
      });
      closeAfterTest(server);
      const delivery = startDelivery({ url: `http://127.0.0.1:${server.port}/v5` });
      delivery.submit(smallTrace("a"));
      await delivery.flush(100);

      const stats = await endsSoon(delivery.shutdown(0));

      expect(stats).toMatchObject({ recorded: 4, pending: 0, dropped: { shutdown: 4 } });
      await expect.poll(() => open).toBe(0);
    },
  );

  it("a Retry-After of a year makes neither late", async () => {
    const headers = { "retry-after": "31536000" };
    const { delivery } = await startPair({ batch: true, fault: () => ({ status: 503, headers }) });
    delivery.submit(smallTrace("a"));

    const flushed = await endsSoon(delivery.flush(50));
    const stats = await endsSoon(delivery.shutdown(50));

    expect(flushed).toMatchObject({ pending: 4 });
    expect(stats).toMatchObject({ pending: 0, dropped: { shutdown: 4 } });
  });

  it("a flush of logs that were dropped meanwhile ends", async () => {
    const { delivery } = await startPair(
      { batch: true, fault: () => "hang" },
      { maxQueueBytes: 100_000 },
    );
    delivery.submit(smallTrace("a"));
    const flushed = delivery.flush(60_000);

    for (let index = 0; index < 200; index += 1) delivery.submit(smallTrace(`b${index}`));
    const stats = await endsSoon(flushed);

    expect(stats.recorded).toBe(804);
    expect(stats.sent + stats.pending + (stats.dropped["queue-full"] ?? 0)).toBe(804);
    expect(stats.sent).toBe(0);
  });
});

describe("a clock on the wall that jumps", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const DAY_MILLIS = 86_400_000;
  const FAULTS: readonly Fault[] = [
    { status: 503 },
    "reset",
    { status: 429, headers: { "retry-after": "0" } },
  ];

  it.each([DAY_MILLIS, -DAY_MILLIS])("by %i ms delays nothing and loses nothing", async (jump) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    let next = 0;
    const { sink, delivery } = await startPair({
      batch: true,
      fault: () => {
        vi.setSystemTime(Date.now() + jump);
        return FAULTS[next++];
      },
    });

    delivery.submit(smallTrace("a"));
    const flushed = delivery.flush(60_000);
    vi.setSystemTime(Date.now() - jump * 2);
    const stats = await endsSoon(flushed);

    expect(stats).toMatchObject({ recorded: 4, sent: 4, pending: 0, dropped: {} });
    expect(sink.logs.size).toBe(4);
  });

  it("makes a date in Retry-After no longer than the server's own clock says", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    let isFirst = true;
    const date = new Date();
    const { delivery } = await startPair({
      batch: true,
      fault: ({ method }) => {
        if (method === "GET" || !isFirst) return undefined;
        isFirst = false;
        vi.setSystemTime(date.getTime() - DAY_MILLIS);
        const later = new Date(date.getTime() + 1_000);
        const headers = { date: date.toUTCString(), "retry-after": later.toUTCString() };
        return { status: 503, headers };
      },
    });

    delivery.submit(smallTrace("a"));

    expect(await endsSoon(delivery.flush(60_000))).toMatchObject({ sent: 4, pending: 0 });
  });
});
