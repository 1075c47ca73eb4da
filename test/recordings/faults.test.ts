import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prompt } from "../../src/index.ts";
import { captureLogs } from "../../src/testing/index.ts";
import type { foundFields } from "./comparison.ts";
import { drive, hasRecordings, longestStreams, type RecordedCall } from "./recordings.ts";
import { type Replay, startReplay } from "./replay.ts";

/** For each API the recorded stream that has the longest text: it is cut within it. */
const streams = longestStreams();

/** The documented message of each fault, or a part of it. */
const REFUSED = /Injected failure|would exceed your rate limit|Overloaded/;

it.skipIf(!hasRecordings)("recorded streams for faults seen through prompt() are there", () => {
  expect(streams.length).toBeGreaterThan(3);
});

describe.each(streams)("a fault of %s, seen through prompt()", (_, call) => {
  let replay: Replay;
  beforeAll(async () => {
    // What is sent at once is lost with its connection.
    replay = await startReplay("--chunk-ms", "4");
  });
  afterAll(() => replay.stop());

  /** The same call bare and wrapped, and the log of the wrapped one. */
  const both = async (fail: string, stopAfter?: number) => {
    const run = (wrap: typeof prompt | undefined) => {
      const abort = new AbortController();
      const make = () => drive(call, { url: replay.url, fail, signal: abort.signal });
      return read(wrap === undefined ? make : wrap("ask", make), abort, stopAfter);
    };
    const bare = await run(undefined);
    const { result, logs } = await captureLogs(() => run(prompt));
    const log = logs[0]!;
    const { outcome = "ok" } = (log.metadata as { flowspan: { outcome?: string } }).flowspan;
    return { bare, wrapped: result, log, outcome };
  };

  it.each(["429", "500", "529"])("status %s is the log's error", async (fail) => {
    const { bare, wrapped, log, outcome } = await both(fail);

    expect(wrapped).toEqual(bare);
    expect(outcome).toBe("error");
    expect(log.error).toMatch(REFUSED);
    expect(Object.keys(log)).not.toContain("output_message");
  });

  it("a connection that breaks keeps what came", async () => {
    const { bare, wrapped, log, outcome } = await both("cut");

    expect(wrapped.thrown).toEqual(bare.thrown);
    expect([wrapped.thrown !== undefined, outcome]).toEqual([true, "error"]);
    expect(log.error).toContain(wrapped.thrown?.[1]);
    expectPart(log, call, wrapped.count);
  });

  // The server's event has OpenAI's shape here, and Gemini's client leaves it out.
  if (call.api !== "generate-content") {
    it("an error in a stream is the log's error", async () => {
      const { bare, wrapped, log, outcome } = await both("error-event");

      expect(wrapped).toEqual(bare);
      expect(outcome).toBe("error");
      expect(log.error).toMatch(/Overloaded|had an error while processing/);
      expectPart(log, call, wrapped.count);
    });
  }

  it("a provider that hangs is aborted, and the log keeps what came", async () => {
    const { bare, wrapped, log, outcome } = await both(
      "hang",
      call.api === "generate-content" ? 2 : 6,
    );

    // How many chunks were on their way at the abort is chance.
    expect(wrapped.thrown).toEqual(bare.thrown);
    expect(outcome).toBe(wrapped.thrown === undefined ? "ok" : "aborted");
    expectPart(log, call, wrapped.count);
  });
});

/** What a program saw: how many chunks, and what was thrown. */
interface Seen {
  readonly count: number;
  readonly thrown?: readonly [name: string, message: string];
}

/** Reads the stream to its end, or aborts once so many chunks have come. */
async function read(
  ask: () => Promise<unknown>,
  abort: AbortController,
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<Seen> {
  let count = 0;
  try {
    for await (const _ of (await ask()) as AsyncIterable<unknown>) {
      if (++count === stopAfter) abort.abort();
    }
    return { count };
  } catch (error) {
    return { count, thrown: [(error as Error).constructor.name, (error as Error).message] };
  }
}

/** The log has the beginning of the recorded answer, as far as it came. */
function expectPart(
  log: Parameters<typeof foundFields>[0],
  call: RecordedCall,
  chunks: number,
): void {
  const { content } = log.output_message as { content: string | null };
  expect(chunks).toBeGreaterThan(1);
  expect(call.expected.text_head).toContain((content ?? "").slice(0, 20));
  expect((content ?? "").length).toBeLessThan(call.expected.text_chars!);
}
