import { describe, expect, it } from "vitest";
import type { DeliveryStats } from "../../src/deliver/index.ts";
import type { Fault, LogApiSink, SeenRequest } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import type { OddAnswer } from "../odd-answers.ts";
import { goodAnswers, ODD_ANSWERS, plainAnswer } from "../odd-answers.ts";
import { spanTrace } from "./operations.ts";
import { closeAfterTest, startDelivery, startPair } from "./start-delivery.ts";

interface Result {
  readonly stats: DeliveryStats;
  readonly sources: readonly unknown[];
  readonly isComplete: boolean;
  readonly said: readonly string[];
}

/** The first writes are answered in that odd way, the rest well. */
async function deliverPast(
  odd: OddAnswer,
  batch: boolean,
  isHandled: boolean,
  times: number,
): Promise<Result> {
  const said: string[] = [];
  let left = times;
  const fault = ({ method }: SeenRequest): Fault | undefined =>
    method !== "GET" && left-- > 0 ? { odd, isHandled } : undefined;
  const sink = await startLogApiSink({ batch, fault });
  const delivery = startDelivery({ url: sink.url, requestTimeoutMillis: 250, said });
  closeAfterTest({ close: () => delivery.shutdown(0) }, sink);
  delivery.submit(spanTrace("a"));
  const stats = await delivery.flush(20_000);
  return { stats, sources: sourcesOf(sink), isComplete: sink.completed.has("a_root"), said };
}

const sourcesOf = (sink: LogApiSink): unknown[] =>
  [...sink.logs.values()].map(({ fields }) => fields.source).sort();

const WHOLE = ["a_inner", "a_prompt", "a_root", "a_tool"];

describe.each([true, false])("an odd server (batch wire: %s)", (batch) => {
  it.each(Object.keys(ODD_ANSWERS))(
    "that answers %s gets every log once when it is well again",
    async (name) => {
      const odd = ODD_ANSWERS[name]!;

      const results = await Promise.all([
        deliverPast(odd, batch, false, 2),
        deliverPast(odd, batch, true, 2),
        deliverPast(odd, batch, false, 5),
        deliverPast(odd, batch, true, 5),
      ]);

      for (const { stats, sources, isComplete, said } of results) {
        expect(sources).toEqual(WHOLE);
        expect(isComplete).toBe(true);
        expect(stats).toMatchObject({ recorded: 4, sent: 4, pending: 0, truncated: 0 });
        expect(stats.dropped).toEqual({});
        const rest = said.filter((one) => !/^Logs wait|answers again|may have it twice/.test(one));
        expect(rest).toEqual([]);
        expect(new Set(said).size).toBe(said.length);
      }
    },
  );

  it.each(Object.keys(ODD_ANSWERS))(
    "that answers %s for ever makes no flush and no shutdown late, and the stats add up",
    async (name) => {
      const said: string[] = [];
      const odd = ODD_ANSWERS[name]!;
      const sink = await startLogApiSink({
        batch,
        fault: () => ({ odd, isHandled: false }),
      });
      const delivery = startDelivery({ url: sink.url, said });
      closeAfterTest(sink);
      delivery.submit(spanTrace("a"));
      const start = performance.now();

      const [first, second] = await Promise.all([delivery.flush(60), delivery.flush(30)]);
      const [stats] = await Promise.all([delivery.shutdown(60), delivery.flush(30)]);

      expect(performance.now() - start).toBeLessThan(5_000);
      for (const { recorded, sent, pending } of [first, second]) {
        expect({ recorded, sent, pending }).toEqual({ recorded: 4, sent: 0, pending: 4 });
      }
      expect(stats).toMatchObject({ recorded: 4, sent: 0, pending: 0, dropped: { shutdown: 4 } });
      expect(said.filter((one) => one.includes("were not sent"))).toHaveLength(1);
    },
  );
});

describe("answers that need a decision", () => {
  const good = goodAnswers('{"logs":[]}');

  it.each(Object.keys(good))("no entry is taken by an answer without entries, %s", async (name) => {
    const { stats, sources } = await deliverPast(good[name]!, true, false, 1);

    expect(sources).toEqual(WHOLE);
    expect(stats).toMatchObject({ sent: 4, pending: 0 });
  });

  const answers = (body: unknown): OddAnswer => plainAnswer("200 OK", "", JSON.stringify(body));
  const ids = ["a_root", "a_prompt", "a_tool", "a_inner", "a_root"];

  it.each([
    ["too few", { logs: ids.slice(0, 2).map((id) => ({ id })) }],
    ["too many, and a refusal", { logs: [{ status: 422 }, ...ids.map((id) => ({ id }))] }],
    ["too few, and a refusal", { logs: [{ status: 422, detail: "no" }] }],
    ["other ids", { logs: ids.map((id) => ({ id: `other_${id}` })) }],
    ["the ids in another order", { logs: [...ids.slice(1), "a_root"].map((id) => ({ id })) }],
    ["entries that are no objects", { logs: [1, null, "x", [], true] }],
    ["no list", { logs: "all" }],
  ])("a batch answered with %s loses nothing", async (name, body) => {
    const isHandled = name.startsWith("too");
    const { stats, sources, isComplete } = await deliverPast(answers(body), true, isHandled, 1);

    expect(sources).toEqual(WHOLE);
    expect(isComplete).toBe(true);
    expect(stats).toMatchObject({ sent: 4, pending: 0, dropped: {} });
  });

  it("a Prompt or Tool log taken without an id has its children above it", async () => {
    const { sink, delivery } = await startPair({
      batch: false,
      fault: ({ path }) =>
        path === "/tools/log"
          ? { odd: (socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"), isHandled: true }
          : undefined,
    });

    delivery.submit(spanTrace("a"));
    const stats = await delivery.flush(5_000);

    expect(stats).toMatchObject({ sent: 4, pending: 0, repeated: 0, dropped: {} });
    expect(sourcesOf(sink)).toEqual(WHOLE);
    const inner = [...sink.logs.values()].find(({ fields }) => fields.source === "a_inner");
    expect(inner?.parentId).toBe("a_root");
  });

  it("a change answered with 204 or with far too much was taken", async () => {
    for (const odd of [ODD_ANSWERS["10 GB"]!, plainAnswer("204 No Content", "", "")]) {
      const { sink, delivery } = await startPair({
        batch: false,
        fault: ({ method }) => (method === "PATCH" ? { odd, isHandled: true } : undefined),
      });

      delivery.submit(spanTrace("a"));
      const stats = await delivery.flush(5_000);

      expect(stats).toMatchObject({ sent: 4, pending: 0 });
      expect(sink.taken.filter((one) => one === "complete a_root")).toHaveLength(1);
    }
  });
});

describe("a server that changes while the program runs", () => {
  it("turns batches off: nothing is lost, and when it turns them on much later they are used", async () => {
    let clock = 0;
    let batch = true;
    const { sink, delivery } = await startPair({ batch: () => batch }, { now: () => clock });
    const deliver = async (name: string): Promise<string[]> => {
      const before = sink.requests.length;
      delivery.submit(spanTrace(name));
      await delivery.flush(5_000);
      return sink.requests.slice(before).map(({ path }) => path);
    };

    await deliver("a");
    batch = false;
    expect(await deliver("b")).toContain("/flows/log");
    batch = true;
    expect(await deliver("c")).not.toContain("/logs/batch");
    clock += 60_000;
    await deliver("d");

    expect(await deliver("e")).toEqual(["/logs/batch"]);
    expect(delivery.stats()).toMatchObject({ recorded: 20, sent: 20, pending: 0 });
    expect(sink.logs.size).toBe(20);
  });

  it("closes its waiting connections just as the next request goes out", async () => {
    const { sink, delivery } = await startPair({
      batch: true,
      fault: ({ method }) =>
        method === "GET"
          ? undefined
          : {
              isHandled: true,
              odd: (socket) => {
                const ids = ["root", "prompt", "tool", "inner", "root"];
                const logs = ids.map((part) => ({ id: `t${turn}_${part}` }));
                const body = JSON.stringify({ logs });
                // Says that the connection stays open, and ends it behind the answer.
                socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
              },
            },
    });
    let turn = 0;

    for (; turn < 50; turn += 1) {
      delivery.submit(spanTrace(`t${turn}`));
      await delivery.flush(5_000);
    }

    expect(delivery.stats()).toMatchObject({ recorded: 200, sent: 200, pending: 0, dropped: {} });
    expect(sink.logs.size).toBe(200);
  });

  it("answers 404 without a word while it is restarted: its logs wait", async () => {
    let left = 3;
    const { sink, delivery } = await startPair({
      batch: false,
      fault: ({ method }) =>
        method === "POST" && left-- > 0 ? { status: 404, body: "<h1>not here</h1>" } : undefined,
    });

    delivery.submit(spanTrace("a"));
    const stats = await delivery.flush(5_000);

    expect(stats).toMatchObject({ sent: 4, pending: 0, dropped: {} });
    expect(sink.logs.size).toBe(4);
  });
});

describe("a Prompt or Tool log whose answer was lost, where no log_id names it", () => {
  it("is looked for first, and not sent twice", async () => {
    const lost = new Set(["/prompts/log", "/tools/log"]);
    const { sink, delivery } = await startPair({
      batch: false,
      fault: ({ path }) => (lost.delete(path) ? "lost" : undefined),
    });

    delivery.submit(spanTrace("a"));
    const stats = await delivery.flush(5_000);

    expect(stats).toMatchObject({ sent: 4, pending: 0, repeated: 0 });
    expect(sourcesOf(sink)).toEqual(WHOLE);
    const creates = sink.requests.filter(({ method }) => method === "POST");
    expect(creates).toHaveLength(4);
  });

  it("is sent twice where it can't be looked for, and counted and said once", async () => {
    const said: string[] = [];
    const lost = new Set(["/prompts/log", "/tools/log"]);
    const fault = ({ method, path }: SeenRequest): Fault | undefined => {
      if (method === "GET" && path.startsWith("/logs/")) return { status: 405 };
      return lost.delete(path) ? "lost" : undefined;
    };
    const { sink, delivery } = await startPair({ batch: false, fault }, { said });

    delivery.submit(spanTrace("a"));
    const stats = await delivery.flush(5_000);

    expect(stats).toMatchObject({ recorded: 4, sent: 4, pending: 0, repeated: 2 });
    expect(sink.logs.size).toBe(6);
    expect(said).toEqual([expect.stringContaining("may have it twice")]);
  });
});
