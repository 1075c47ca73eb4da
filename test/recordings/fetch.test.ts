import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instrumentFetch } from "../../src/fetch/index.ts";
import { captureLogs } from "../../src/testing/index.ts";
import { compareFields, expectedFields, FieldTally, foundFields } from "./comparison.ts";
import { drive, hasRecordings, readAll, recordedCalls } from "./recordings.ts";
import { type Replay, startReplay } from "./replay.ts";

/** Counting tokens generates nothing: it is no call of a model. */
const calls = recordedCalls().filter(({ api }) => api !== "count-tokens");

describe.skipIf(!hasRecordings)("every recording, by the fetch hook", () => {
  const tally = new FieldTally();
  let replay: Replay;
  let undo: () => void;
  beforeAll(async () => {
    replay = await startReplay();
    undo = instrumentFetch();
  });
  afterAll(() => {
    undo();
    replay.stop();
    console.log(`By the fetch hook:\n${tally}`);
  });

  it("are there to be read", () => {
    expect(calls.length).toBeGreaterThan(80);
  });

  for (const call of calls) {
    it(`${call.id} ${call.index + 1}`, async () => {
      const { logs } = await captureLogs(() =>
        readAll(drive(call, replay)).catch((error: unknown) => error),
      );

      const [log] = logs;
      expect(logs.length).toBe(1);
      const result = compareFields(expectedFields(call), foundFields(log!, call));
      tally.add(call, result);
      expect(result.wrong).toEqual([]);
    });
  }
});
