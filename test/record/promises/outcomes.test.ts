import { describe, expect } from "vitest";
import { sharedState } from "../../../src/base/shared-state.ts";
import { record } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

const FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
const wait = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

/** Whether the span has ended, step by step. */
type Steps = readonly number[];

describe("4.3 the span covers the work", () => {
  const recording = useRecording();
  const ended = () => recording.spans().length;
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];
  const secondsOf = () => {
    const [seconds, nanos] = recording.span("go").duration;
    return seconds + nanos / 1e9;
  };

  promise("a sync call's span ends with it", ({ wrap }) => {
    const inside = wrap(() => ended())();

    expect([inside, ended()] satisfies Steps).toEqual([0, 1]);
    expect(outcome()).toBeUndefined();
  });

  promise("a promise's span ends when it is settled", async ({ wrap }) => {
    let release: () => void = () => {};
    const pending = wrap(() => new Promise<void>((resolve) => (release = resolve)))();

    const before = ended();
    await wait(5);
    release();
    await pending;
    expect([before, ended()] satisfies Steps).toEqual([0, 1]);
    expect(secondsOf()).toBeGreaterThan(0.004);
    expect(outcome()).toBeUndefined();
  });

  promise("a generator's span ends when it is drained", ({ wrap }) => {
    const walker = wrap(function* () {
      yield 1;
    })();

    walker.next();
    const before = ended();
    walker.next();
    expect([before, ended()] satisfies Steps).toEqual([0, 1]);
    expect(outcome()).toBeUndefined();
  });

  promise("a stream's span ends when it is drained", async ({ wrap }) => {
    const reader = wrap(() => ReadableStream.from(["a"]))().getReader();

    await reader.read();
    const before = ended();
    await reader.read();
    expect([before, ended()] satisfies Steps).toEqual([0, 1]);
    expect(outcome()).toBeUndefined();
  });

  promise("what a promise gives is covered too, when it goes on", async ({ wrap }) => {
    const stream = await wrap(async () => ReadableStream.from(["a"]))();

    const before = ended();
    for await (const _ of stream);
    expect([before, ended()] satisfies Steps).toEqual([0, 1]);
  });

  promise("a cancelled stream and one that is broken out of end as cancelled", async ({ wrap }) => {
    const go = wrap(() => ReadableStream.from(["a", "b"]));

    await go().cancel();
    for await (const _ of go()) break;
    expect(recording.spans().map((span) => span.attributes["flowspan.outcome"])).toEqual([
      "cancelled",
      "cancelled",
    ]);
  });

  promise("a failure ends as error, an AbortController's as aborted", async ({ wrap }) => {
    const fail = (error: unknown) => () => {
      throw error;
    };
    const abort = AbortSignal.abort().reason;
    for (const error of [new Error("no"), abort]) {
      expect(wrap(fail(error))).toThrow();
      await wrap(async () => fail(error)())().catch(() => 0);
    }

    expect(recording.spans().map((span) => span.attributes["flowspan.outcome"])).toEqual([
      "error",
      "error",
      "aborted",
      "aborted",
    ]);
  });

  promise("a span ends once, whatever comes after", async ({ wrap }) => {
    const walker = wrap(function* () {
      yield 1;
    })();
    const stream = wrap(() => ReadableStream.from(["a"]))();

    for (let n = 0; n < 4; n++) walker.next();
    walker.return(undefined as never);
    const reader = stream.getReader();
    for (let n = 0; n < 4; n++) await reader.read();
    await reader.cancel();
    expect(ended()).toBe(2);
    for (const span of recording.spans()) {
      expect(span.attributes["flowspan.outcome"]).toBeUndefined();
      expect(sharedState().recorded.get(span)?.meta).toEqual({});
    }
  });

  promise("what is recorded after the end changes nothing", async ({ wrap }) => {
    let late: Promise<void> | undefined;
    wrap(() => {
      late = wait(1).then(() => record({ user: "late" }));
    })();

    await late;
    expect(recording.fields("go")).toEqual({ path: "go" });
  });

  promise("the time to the first piece is kept, in seconds", async ({ wrap }) => {
    const talk = wrap(async function* () {
      await wait(5);
      yield "a";
      await wait(20);
      yield "b";
    });

    for await (const _ of talk());
    const first = Number(recording.span("go").attributes[FIRST_CHUNK]);
    expect(first).toBeGreaterThan(0.004);
    expect(first).toBeLessThan(secondsOf() - 0.015);
  });

  promise("the time to the first piece counts from the call of a stream", async ({ wrap }) => {
    const stream = wrap(() => ReadableStream.from(["a", "b"]))();

    await wait(5);
    for await (const _ of stream);
    expect(Number(recording.span("go").attributes[FIRST_CHUNK])).toBeGreaterThan(0.004);
  });
});
