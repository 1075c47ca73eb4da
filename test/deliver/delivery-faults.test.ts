import { DiagLogLevel, diag } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LogApiSink, SinkOptions } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import { create, draft, smallTrace, update } from "./operations.ts";
import { closeAfterTest, startDelivery, startPair } from "./start-delivery.ts";

let warnings: string[] = [];

beforeEach(() => {
  warnings = [];
  const silent = (): void => {};
  const warn = (_namespace: string, ...more: unknown[]): number => warnings.push(String(more[0]));
  diag.setLogger(
    { error: silent, warn, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});

afterEach(() => {
  diag.disable();
});

const paths = (sink: LogApiSink): string[] =>
  sink.requests.map(({ method, path }) => `${method} ${path}`);

describe("a server that is away", () => {
  it("is said once, and once more when the logs got through", async () => {
    const first = await startLogApiSink({ batch: true });
    await first.close();
    const delivery = startDelivery({ url: first.url, retryMillis: 20 });
    closeAfterTest({ close: () => delivery.shutdown(0) });

    delivery.submit(smallTrace("a"));
    const stats = await delivery.flush(150);
    expect(stats).toMatchObject({ recorded: 4, sent: 0, pending: 4 });
    expect(warnings).toEqual([expect.stringContaining("Logs wait")]);

    const sink = await startLogApiSink({ batch: true, port: first.port });
    closeAfterTest(sink);
    expect(await delivery.flush(5_000)).toMatchObject({ sent: 4, pending: 0 });
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain("answers again");
    expect(sink.logs.size).toBe(4);
  });

  it("is asked what it is before any log goes out, until it has answered", async () => {
    let refusals = 2;
    const { sink, delivery } = await startPair({
      batch: true,
      fault: () => (refusals-- > 0 ? "reset" : undefined),
    });

    delivery.submit(smallTrace("a"));
    await delivery.flush(5_000);

    expect(paths(sink)).toEqual(["GET /flows", "GET /flows", "GET /flows", "POST /logs/batch"]);
  });

  it("is left alone for as long as Retry-After says", async () => {
    let isFirst = true;
    const { sink, delivery } = await startPair({
      batch: true,
      fault: ({ method }) => {
        if (method === "GET" || !isFirst) return undefined;
        isFirst = false;
        return { status: 429, headers: { "retry-after": "1" } };
      },
    });
    const before = Date.now();

    delivery.submit(smallTrace("a"));
    const stats = await delivery.flush(5_000);

    expect(Date.now() - before).toBeGreaterThanOrEqual(990);
    expect(paths(sink)).toEqual(["GET /flows", "POST /logs/batch", "POST /logs/batch"]);
    expect(stats).toMatchObject({ retried: 1, sent: 4 });
    expect(warnings).toEqual([]);
  });

  it.each([true, false])("loses nothing however often it fails (batch wire: %s)", async (batch) => {
    let left = 100;
    const { sink, delivery } = await startPair({
      batch,
      fault: ({ method }) => (method !== "GET" && left-- > 0 ? { status: 500 } : undefined),
    });

    delivery.submit([...smallTrace("a"), ...smallTrace("b")]);
    const stats = await delivery.flush(30_000);

    expect(stats).toMatchObject({ recorded: 8, sent: 8, pending: 0, dropped: {} });
    expect(sink.logs.size).toBe(8);
  });

  it("costs a flush no more than its deadline, and keeps what waits", async () => {
    const { delivery } = await startPair({ batch: true, fault: () => "hang" });

    delivery.submit(smallTrace("a"));
    const before = Date.now();
    const stats = await delivery.flush(100);

    expect(Date.now() - before).toBeLessThan(1_000);
    expect(stats).toMatchObject({ recorded: 4, sent: 0, pending: 4 });
  });

  it("loses what waits at the shutdown, counted and said", async () => {
    const { delivery } = await startPair({ batch: true, fault: () => "hang" });
    delivery.submit(smallTrace("a"));

    const stats = await delivery.shutdown(50);
    delivery.submit(smallTrace("b"));

    expect(stats).toMatchObject({ recorded: 4, sent: 0, pending: 0, dropped: { shutdown: 4 } });
    expect(await delivery.shutdown(50)).toBe(stats);
    expect(delivery.stats()).toMatchObject({ recorded: 8, dropped: { shutdown: 8 } });
    expect(warnings).toEqual([expect.stringContaining("4 logs were not sent")]);
  });
});

describe("a server that cuts connections", () => {
  it("is not spoken of before the third failure in a row", async () => {
    let resets = 2;
    const { delivery } = await startPair({
      batch: true,
      fault: () => (resets-- > 0 ? "reset" : undefined),
    });

    delivery.submit(smallTrace("a"));
    await delivery.flush(5_000);
    expect(warnings).toEqual([]);

    resets = 3;
    delivery.submit(smallTrace("b"));
    await delivery.flush(5_000);
    expect(warnings).toEqual([
      expect.stringContaining("Logs wait"),
      expect.stringContaining("answers again"),
    ]);
  });
});

describe("a log that the server fails over", () => {
  // Every look at the clock finds it later, so its pause may end between any two looks.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "goes out again when its pause of %i ticks is over",
    async (pause) => {
      let ticks = 0;
      let failures = 1;
      const entryFault = () => (failures-- > 0 ? { status: 503, detail: "busy" } : undefined);
      const { sink, delivery } = await startPair(
        { batch: true, entryFault },
        { retryMillis: pause, now: () => ++ticks },
      );

      delivery.submit([create(draft("prompt", "p"))]);
      await delivery.flush(1_000);

      expect(sink.logs.size).toBe(1);
    },
  );
});

describe("refusals", () => {
  for (const batch of [true, false]) {
    const wire = batch ? "batch wire" : "document wire";
    const refusing = (isRefused: (log: Record<string, unknown>) => boolean): SinkOptions => ({
      batch,
      entryFault: (entry) => (isRefused(entry) ? { status: 422, detail: "no" } : undefined),
      fault: ({ path, body }) =>
        path !== "/logs/batch" && isRefused(body)
          ? { status: 422, body: { detail: "no" } }
          : undefined,
    });

    it(`${wire}: a refused root goes out once more without payloads`, async () => {
      const { sink, delivery } = await startPair(
        refusing((log) => log.source === "a_root" && log.inputs !== undefined),
      );

      delivery.submit(smallTrace("a", { inputs: { question: "why" }, output: "x" }));
      const stats = await delivery.flush(5_000);

      const root = sink.logs.get("a_root")!;
      expect(root.fields).not.toHaveProperty("inputs");
      expect(root.fields).not.toHaveProperty("output");
      expect(root.fields.metadata).toEqual({ flowspan: { truncated: { inputs: 18, output: 3 } } });
      expect(sink.logs.size).toBe(4);
      expect(stats).toMatchObject({ sent: 4, truncated: 1, dropped: {} });
    });

    it(`${wire}: a root refused again is dropped with its trace, and others are not`, async () => {
      const { sink, delivery } = await startPair(refusing((log) => log.source === "a_root"));

      delivery.submit(smallTrace("a", { output: "x" }));
      delivery.submit(smallTrace("b"));
      const stats = await delivery.flush(5_000);
      delivery.submit([create(draft("tool", "a_late", draft("flow", "a_root")))]);

      expect([...sink.logs.values()].map((log) => log.fields.source)).toHaveLength(4);
      expect(sink.completed).toEqual(new Set(["b_root"]));
      expect(stats).toMatchObject({
        recorded: 8,
        sent: 4,
        pending: 0,
        dropped: { "refused-422": 4 },
      });
      expect(delivery.stats()).toMatchObject({ recorded: 9, dropped: { "refused-422": 5 } });
      expect(warnings).toEqual([
        expect.stringContaining("refused a flow log's create with 422: no"),
      ]);
    });
  }

  it("an operation the server fails over, while it takes others, is given up in the end", async () => {
    const { sink, delivery } = await startPair({
      batch: true,
      fault: ({ body }) => (JSON.stringify(body).includes('"a_inner"') ? "reset" : undefined),
    });

    delivery.submit(smallTrace("a"));
    let others = 0;
    while (delivery.stats().dropped["server-error"] === undefined && others < 100) {
      others += 1;
      delivery.submit(smallTrace(`b${others}`));
      await delivery.flush(20);
    }
    const stats = await delivery.flush(5_000);

    expect(others).toBeGreaterThan(10);
    expect(stats).toMatchObject({
      recorded: 4 + 4 * others,
      sent: 3 + 4 * others,
      pending: 0,
      dropped: { "server-error": 1 },
    });
    expect(sink.completed.has("a_root")).toBe(true);
    expect(warnings.filter((one) => one.includes("A log was lost"))).toHaveLength(1);
  });
});

describe("a key that is refused", () => {
  for (const batch of [true, false]) {
    for (const status of [401, 403]) {
      it(`keeps what waits until it is taken again (${status}, ${batch ? "batch" : "document"} wire)`, async () => {
        let isRevoked = false;
        const { sink, delivery } = await startPair({
          batch,
          fault: () => (isRevoked ? { status, body: { detail: "unknown key" } } : undefined),
        });
        delivery.submit(smallTrace("a"));
        await delivery.flush(5_000);

        isRevoked = true;
        delivery.submit(smallTrace("b", { output: "x" }));
        const before = performance.now();
        const meanwhile = await delivery.flush(60_000);

        expect(performance.now() - before).toBeLessThan(30_000);
        expect(meanwhile).toMatchObject({ recorded: 8, sent: 4, pending: 4, dropped: {} });
        expect(warnings).toEqual([expect.stringContaining("refuses the API key")]);

        isRevoked = false;
        const stats = await delivery.flush(5_000);

        expect(stats).toMatchObject({ recorded: 8, sent: 8, pending: 0, truncated: 0 });
        expect(sink.logs.size).toBe(8);
        expect(warnings[1]).toContain("answers again");
        expect(warnings.join()).not.toContain("secret-key");
      });
    }
  }

  it("makes no shutdown wait for its deadline, and is the reason of what is lost", async () => {
    const { delivery } = await startPair({ batch: true, fault: () => ({ status: 401 }) });
    delivery.submit(smallTrace("a"));
    const before = performance.now();

    const stats = await delivery.shutdown(60_000);

    expect(performance.now() - before).toBeLessThan(30_000);
    expect(stats).toMatchObject({ recorded: 4, pending: 0, dropped: { "refused-401": 4 } });
    expect(warnings).toEqual([
      expect.stringContaining("refuses the API key"),
      expect.stringContaining("4 logs were not sent: the Log API refuses the API key"),
    ]);
  });
});

describe("too large", () => {
  it("is split in halves, in order, and said to be smaller from then on", async () => {
    const { sink, delivery } = await startPair({
      batch: true,
      fault: ({ bytes }) => (bytes > 3_000 ? { status: 413 } : undefined),
    });

    for (let index = 0; index < 10; index += 1) {
      delivery.submit(smallTrace(`t${index}`, { output: "x".repeat(100) }));
    }
    const stats = await delivery.flush(5_000);

    expect(stats).toMatchObject({ sent: 40, truncated: 0, dropped: {} });
    expect(sink.completed.size).toBe(10);
  });

  for (const batch of [true, false]) {
    it(`goes without payloads (${batch ? "batch" : "document"} wire)`, async () => {
      const { sink, delivery } = await startPair({
        batch,
        fault: ({ bytes }) => (bytes > 5_000 ? { status: 413 } : undefined),
      });
      const root = draft("flow", "r");
      const big = draft("tool", "big", root, { output: "x".repeat(10_000) });

      delivery.submit([create(root), create(big)]);
      const stats = await delivery.flush(5_000);

      expect(sink.logs.size).toBe(2);
      expect(stats).toMatchObject({ sent: 2, truncated: 1, dropped: {} });
    });
  }
});

describe("bounded memory", () => {
  it("cuts payloads before logs, and counts both", async () => {
    const { sink, delivery } = await startPair(
      { batch: true },
      { maxQueueBytes: 100_000, retryMillis: 10 },
    );
    for (let index = 0; index < 20; index += 1) {
      delivery.submit([
        create(draft("prompt", `p${index}`, undefined, { output: "x".repeat(10_000) })),
      ]);
    }

    const stats = await delivery.flush(5_000);

    expect(sink.logs.size).toBe(20);
    const whole = [...sink.logs.values()].filter((log) => "output" in log.fields);
    expect(whole.length).toBeGreaterThan(0);
    expect(stats).toMatchObject({ sent: 20, truncated: 20 - whole.length, dropped: {} });
    expect(warnings).toEqual([expect.stringContaining("Payloads of waiting logs were cut")]);
  });

  it("drops whole traces, the longest waiting first, when cutting is not enough", async () => {
    const { sink, delivery } = await startPair({ batch: true }, { maxQueueBytes: 65_536 });
    for (let index = 0; index < 100; index += 1) delivery.submit(smallTrace(`t${index}`));

    const stats = await delivery.flush(5_000);

    const dropped = stats.dropped["queue-full"]!;
    expect(dropped).toBeGreaterThan(0);
    expect(dropped % 4).toBe(0);
    expect(stats.recorded).toBe(400);
    expect(stats.sent).toBe(400 - dropped);
    expect(sink.logs.size).toBe(stats.sent);
    expect(sink.completed.has("t99_root")).toBe(true);
    expect(sink.completed.has("t0_root")).toBe(false);
  });
});

describe("updates that don't get through", () => {
  it("count as truncated, not as lost", async () => {
    const { delivery } = await startPair({
      batch: true,
      entryFault: ({ op }) => (op === "update" ? { status: 422, detail: "no" } : undefined),
    });
    const root = draft("flow", "r");

    delivery.submit([create(root), update(root, ["source"])]);

    expect(await delivery.flush(5_000)).toMatchObject({
      recorded: 1,
      sent: 1,
      truncated: 1,
      dropped: {},
    });
  });
});
