import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prompt } from "../../src/index.ts";
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

const calls = recordedCalls();

/** Answers that no official client takes: they are read as a Response instead. */
const BARE = [
  // Its client expects enumerations as words.
  "google/generate-content/function-call-choice",
  // Its client throws at the error and does not give what comes after it.
  "openai/responses/error-1-stream",
];

describe.skipIf(!hasRecordings)("every recording, by what prompt() is returned", () => {
  const tally = new FieldTally();
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => {
    replay.stop();
    console.log(`By the returned value:\n${tally}`);
  });

  it("are there to be read", () => {
    expect(calls.length).toBeGreaterThan(80);
  });

  it.each(titled(calls))("%s", async (_title, call) => {
    const bare = await outcome(make(call, replay));
    const ask = prompt("ask", () => make(call, replay));
    const { result, logs } = await captureLogs(() => outcome(ask()));

    expect(result).toEqual(bare);
    const compared = compareFields(expectedFields(call), foundFields(logs[0]!, call));
    tally.add(call, compared);
    expect(compared.wrong).toEqual([]);
  });
});

/** The bytes of each write. One byte takes the replay server minutes: `SPLIT_BYTES=1`. */
const SPLIT_BYTES = process.env.SPLIT_BYTES ?? "64";

describe.skipIf(!hasRecordings)(`every recorded stream, ${SPLIT_BYTES} bytes at a time`, () => {
  const tally = new FieldTally();
  const streams = calls.filter(({ isStream }) => isStream);
  let replay: Replay;
  const wrong = new Map<RecordedCall, Promise<readonly string[]>>();
  beforeAll(async () => {
    replay = await startReplay("--split-bytes", SPLIT_BYTES);
    // All at once: what takes its time is the server's pauses.
    for (const call of streams) wrong.set(call, compare(call));
  });
  afterAll(() => {
    replay.stop();
    console.log(`By the returned value, ${SPLIT_BYTES} bytes at a time:\n${tally}`);
  });

  const compare = async (call: RecordedCall): Promise<readonly string[]> => {
    const ask = prompt("ask", () => make(call, replay));
    const { logs } = await captureLogs(() => outcome(ask()));
    const compared = compareFields(expectedFields(call), foundFields(logs[0]!, call));
    tally.add(call, compared);
    return compared.wrong;
  };

  it.each(titled(streams))(
    "%s",
    async (_title, call) => {
      expect(await wrong.get(call)).toEqual([]);
    },
    300_000,
  );
});

function titled(list: readonly RecordedCall[]): [string, RecordedCall][] {
  return list.map((call) => [`${call.id} ${call.index + 1}`, call]);
}

function make(call: RecordedCall, replay: Replay): Promise<unknown> {
  return BARE.includes(call.id) ? driveBare(call, replay) : drive(call, replay);
}

/** What a program reads of an answer, as JSON has it, or what is thrown. */
async function outcome(answer: Promise<unknown>): Promise<unknown> {
  try {
    const settled = await answer;
    const read = settled instanceof Response ? await settled.text() : await readAll(settled);
    return JSON.parse(JSON.stringify(read, withoutDate)) as unknown;
  } catch (error) {
    return [(error as Error).constructor.name, (error as Error).message];
  }
}

/** Some clients give the answer's headers. */
function withoutDate(name: string, value: unknown): unknown {
  return name === "date" ? undefined : value;
}
