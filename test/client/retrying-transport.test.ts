import { describe, expect, it } from "vitest";
import { classifyStatus, readRetryAfter } from "../../src/client/classify-answer.ts";
import { retryDelayMillis } from "../../src/client/retry-delay.ts";
import { RetryingTransport } from "../../src/client/retrying-transport.ts";
import type { Transport, TransportResult } from "../../src/client/transport.ts";

const REQUEST = { method: "GET", path: "flows" } as const;
const NOW = Date.parse("2026-01-01T00:00:00Z");

describe("classifyStatus", () => {
  it.each([
    [200, "success"],
    [204, "success"],
    [301, "failure"],
    [400, "failure"],
    [404, "failure"],
    [408, "retryable"],
    [413, "failure"],
    [422, "failure"],
    [429, "retryable"],
    [500, "retryable"],
    [503, "retryable"],
  ])("%i is %s", (status, expected) => {
    expect(classifyStatus(status)).toBe(expected);
  });
});

describe("readRetryAfter", () => {
  it.each([
    ["2", 2_000],
    ["0.5", 500],
    ["Thu, 01 Jan 2026 00:00:03 GMT", 3_000],
    ["Thu, 01 Jan 2020 00:00:00 GMT", 0],
    ["Thursday, 01-Jan-26 00:00:03 GMT", 3_000],
    ["Thu Jan  1 00:00:03 2026 GMT", 3_000],
    ["soon", undefined],
    ["in 5 seconds", undefined],
    ["-5", undefined],
    ["1e9", undefined],
    ["2026-01-01", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j is %j ms", (header, expected) => {
    expect(readRetryAfter(header, NOW)).toBe(expected);
  });

  it("reads a date against the server's own clock, however wrong this one is", () => {
    const retryAfter = "Thu, 01 Jan 2026 00:00:03 GMT";
    const date = "Thu, 01 Jan 2026 00:00:01 GMT";

    expect(readRetryAfter(retryAfter, NOW + 86_400_000, date)).toBe(2_000);
    expect(readRetryAfter(retryAfter, NOW - 86_400_000, date)).toBe(2_000);
    expect(readRetryAfter(retryAfter, NOW, "garbage")).toBe(3_000);
  });
});

describe("retryDelayMillis", () => {
  it("doubles from 250 ms up to 10 s, and takes up to half away by chance", () => {
    const none = [1, 2, 3, 8, 100].map((attempt) => retryDelayMillis(attempt, undefined, () => 0));
    const all = [1, 2].map((attempt) => retryDelayMillis(attempt, undefined, () => 1));

    expect(none).toEqual([250, 500, 1_000, 10_000, 10_000]);
    expect(all).toEqual([125, 250]);
  });

  it("follows the server from 100 ms up to five minutes", () => {
    expect(retryDelayMillis(1, 0, () => 0)).toBe(100);
    expect(retryDelayMillis(1, 2_000, () => 0)).toBe(2_000);
    expect(retryDelayMillis(1, 9_999_999, () => 0)).toBe(300_000);
  });
});

describe("RetryingTransport", () => {
  /** Answers one after the other, on a clock that only sleeping moves. */
  function scripted(results: readonly TransportResult[], deadlineMillis: number) {
    const slept: number[] = [];
    let sent = 0;
    let clock = 0;
    const inner: Transport = {
      send: async () => results[sent++]!,
      shutdown: async () => {},
    };
    const transport = new RetryingTransport(inner, {
      deadlineMillis,
      now: () => clock,
      random: () => 0,
      sleep: async (millis) => {
        clock += millis;
        slept.push(millis);
      },
    });
    return { transport, slept, count: () => sent };
  }

  const busy: TransportResult = { status: "retryable", statusCode: 503 };
  const done: TransportResult = {
    status: "success",
    statusCode: 200,
    body: {},
    servesBatch: false,
  };

  it("waits longer each time until it gets through", async () => {
    const { transport, slept } = scripted(
      [busy, busy, { ...busy, retryInMillis: 420 }, done],
      60_000,
    );

    expect(await transport.send(REQUEST)).toBe(done);
    expect(slept).toEqual([250, 500, 420]);
  });

  it("stops before its deadline and gives the last result", async () => {
    const { transport, slept } = scripted([busy, busy, busy, done], 1_000);

    expect(await transport.send(REQUEST)).toBe(busy);
    expect(slept).toEqual([250, 500]);
  });

  it("does not repeat what was refused", async () => {
    const refused: TransportResult = { status: "failure", statusCode: 422 };
    const { transport, count } = scripted([refused, done], 60_000);

    expect(await transport.send(REQUEST)).toBe(refused);
    expect(count()).toBe(1);
  });
});
