import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instrumentFetch } from "../../src/fetch/index.ts";
import { captureLogs } from "../../src/testing/index.ts";
import { drive, hasRecordings, longestStreams, type RecordedCall } from "./recordings.ts";
import { type Replay, startReplay } from "./replay.ts";

const streams = longestStreams();

it.skipIf(!hasRecordings)("recorded streams for faults seen by the fetch hook are there", () => {
  expect(streams.length).toBeGreaterThan(3);
});

describe.each(streams)("a fault of %s, seen by the fetch hook", (_, call) => {
  let replay: Replay;
  beforeAll(async () => {
    // What is sent at once is lost with its connection.
    replay = await startReplay("--chunk-ms", "4");
  });
  afterAll(() => replay.stop());

  /** The same call bare and hooked, and the log of the hooked one. */
  const both = async (fail: string) => {
    const bare = await run(call, replay, fail);
    const undo = instrumentFetch();
    try {
      const { result, logs } = await captureLogs(() => run(call, replay, fail));
      const log = logs[0]!;
      const { outcome = "ok" } = (log.metadata as { flowspan: { outcome?: string } }).flowspan;
      return { bare, hooked: result, log, outcome, count: logs.length };
    } finally {
      undo();
    }
  };

  it.each([
    ["429", /429|rate_limit|RESOURCE_EXHAUSTED/],
    ["500", /Injected failure|api_error/],
    ["529", /Overloaded|overloaded_error|Injected failure/],
  ])("status %s is the error", async (fail, expected) => {
    const { bare, hooked, log, outcome, count } = await both(fail);

    expect(hooked).toEqual(bare);
    expect([count, outcome]).toEqual([1, "error"]);
    expect(log.error).toMatch(expected);
    expect(log.provider_response).toMatchObject({ error: expect.any(Object) });
  });

  it("a connection that breaks keeps what came", async () => {
    const { bare, hooked, log, outcome } = await both("cut");

    expect(hooked.error).toBe(bare.error);
    expect([hooked.error !== undefined, outcome]).toEqual([true, "error"]);
    expect(log.provider_response).toBeTruthy();
  });

  // The server's event has OpenAI's shape here, and Gemini's client leaves it out.
  if (call.api !== "generate-content") {
    it("an error in a stream is the error", async () => {
      const { bare, hooked, log, outcome } = await both("error-event");

      expect(hooked).toEqual(bare);
      expect(outcome).toBe("error");
      expect(log.error).toMatch(/Overloaded|overloaded|had an error while processing/);
    });
  }

  it("a provider that hangs is aborted, and the log keeps what came", async () => {
    const { bare, hooked, log, outcome } = await both("hang");

    expect(hooked).toEqual(bare);
    expect(["aborted", "cancelled"]).toContain(outcome);
    expect(log.provider_response).toBeTruthy();
  });
});

/** Reads the stream to its end, or aborts it at its second chunk where it would hang. */
async function run(
  call: RecordedCall,
  { url }: Replay,
  fail: string,
): Promise<{ count: number; error?: string }> {
  const abort = new AbortController();
  let count = 0;
  try {
    const stream = await drive(call, { url, fail, signal: abort.signal });
    for await (const _ of stream as AsyncIterable<unknown>) {
      if (++count === 2 && fail === "hang") abort.abort();
    }
    return { count };
  } catch (error) {
    return { count, error: String(error) };
  }
}
