import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instrumentFetch } from "../../src/fetch/index.ts";
import { captureLogs } from "../../src/testing/index.ts";
import { compareFields, expectedFields, FieldTally, foundFields } from "./comparison.ts";
import {
  drive,
  driveBare,
  hasRecordings,
  type RecordedCall,
  readAll,
  recordedCalls,
} from "./recordings.ts";
import { type Replay, startReplay } from "./replay.ts";

/** Counting tokens generates nothing: it is no call of a model. */
const calls = recordedCalls().filter(({ api }) => api !== "count-tokens");

/** Its request has enumerations as numbers, which no official client sends. */
const BARE = "google/generate-content/function-call-choice";

/** Its client throws at the error and does not read what comes after it. */
const RAW = "openai/responses/error-1-stream";

/** The bytes of each write. One byte takes the replay server minutes: `SPLIT_BYTES=1`. */
const SPLIT_BYTES = process.env.SPLIT_BYTES ?? "64";

describe.skipIf(!hasRecordings).each([
  ["as it was recorded", calls, []],
  [
    `${SPLIT_BYTES} bytes at a time`,
    calls.filter(({ isStream }) => isStream),
    ["--split-bytes", SPLIT_BYTES],
  ],
] as const)("every recording by the fetch hook, %s", (how, wanted, options) => {
  const tally = new FieldTally();
  let replay: Replay;
  let undo: () => void;
  beforeAll(async () => {
    replay = await startReplay(...options);
    undo = instrumentFetch();
  });
  afterAll(() => {
    undo();
    replay.stop();
    console.log(`By the fetch hook, ${how}:\n${tally}`);
  });

  it("is there to be read", () => {
    expect(wanted.length).toBeGreaterThan(30);
  });

  for (const call of wanted) {
    it(`${call.id} ${call.index + 1}`, { timeout: 600_000 }, async () => {
      const { logs } = await captureLogs(() => make(call, replay).catch((error: unknown) => error));

      expect(logs.length).toBe(1);
      const result = compareFields(expectedFields(call), foundFields(logs[0]!, call));
      tally.add(call, result);
      expect(result.wrong).toEqual([]);
    });
  }
});

async function make(call: RecordedCall, replay: Replay): Promise<unknown> {
  if (call.id === BARE) return (await driveBare(call, replay)).text();
  const answer = drive(call, replay);
  if (call.id !== RAW) return readAll(answer);
  return (
    await (answer as Promise<unknown> & { asResponse(): Promise<Response> }).asResponse()
  ).text();
}
