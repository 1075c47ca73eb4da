import { afterEach, describe, expect, it } from "vitest";
import { sharedState } from "../../src/base/shared-state.ts";
import { flow, prompt, record, tool, withLogContext } from "../../src/index.ts";
import type { AnyFunction } from "../../src/record/types.ts";
import { DEFAULT_POLICY } from "../../src/spans/policy.ts";
import { HOSTILE_VALUES, LARGE_VALUES } from "../hostile-values.ts";
import { useRecording } from "./recording.ts";

const WRAPPERS = { flow, prompt, tool } as const;
const TYPES = ["flow", "prompt", "tool"] as const;

/** Wraps a function, or gives it back bare. */
type Wrap = <F extends AnyFunction>(fn: F, options?: object) => F;
type Fields = Readonly<Record<string, unknown>>;

/** A place of a traced call that any value can get to. */
interface Place {
  /** Makes the call with the value in that place; gives what the caller and the function saw. */
  play(value: unknown, wrap: Wrap): unknown;
  /** Where the log has it. */
  readonly recorded?: (fields: Fields) => unknown;
}

const caught = (run: () => unknown): readonly unknown[] => {
  try {
    return ["gave", run()];
  } catch (error) {
    return ["threw", error];
  }
};
const settled = async (run: () => PromiseLike<unknown>): Promise<readonly unknown[]> => {
  try {
    return ["gave", await run()];
  } catch (error) {
    return ["threw", error];
  }
};
const read = async (from: AsyncIterable<unknown>): Promise<readonly unknown[]> => {
  const pieces: unknown[] = [];
  for await (const piece of from) pieces.push(piece);
  return pieces;
};
const output = (fields: Fields): unknown => parsed(fields.output);
const parsed = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
};

const PLACES: Readonly<Record<string, Place>> = {
  "as an argument": {
    play(value, wrap) {
      const seen: unknown[] = [];
      const fn = wrap((first: unknown, second: unknown) => void seen.push(first, second));
      fn(value, 1);
      return seen;
    },
    recorded: ({ inputs }) => (inputs as Fields).first ?? null,
  },
  "as the only argument": {
    play(value, wrap) {
      const seen: unknown[] = [];
      wrap((only: unknown) => void seen.push(only))(value);
      return seen;
    },
  },
  "as this, and as what the path function gives": {
    play(value, wrap) {
      const seen: unknown[] = [];
      const path = function (this: unknown) {
        return this;
      };
      const fn = function (this: unknown) {
        seen.push(this);
      };
      Reflect.apply(wrap(fn, { path }), value, []);
      return seen;
    },
  },
  returned: { play: (value, wrap) => caught(wrap(() => value)), recorded: output },
  thrown: {
    play: (value, wrap) =>
      caught(
        wrap(() => {
          throw value;
        }),
      ),
  },
  resolved: { play: (value, wrap) => settled(wrap(async () => value)), recorded: output },
  rejected: {
    play: (value, wrap) =>
      settled(
        wrap(async () => {
          throw value;
        }),
      ),
  },
  "rejected by a thenable": {
    play: (value, wrap) =>
      settled(
        wrap(() => ({
          // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tried
          then: (_: unknown, rejected: (reason: unknown) => unknown) => rejected(value),
        })) as () => PromiseLike<unknown>,
      ),
  },
  yielded: {
    play: (value, wrap) =>
      Array.from(
        wrap(function* () {
          yield value;
          yield value;
        })(),
      ),
  },
  "returned by a generator": {
    play(value, wrap) {
      const pieces = wrap(function* () {
        yield 1;
        return value;
      })();
      return [pieces.next().value, pieces.next().value];
    },
  },
  "yielded asynchronously": {
    play: (value, wrap) =>
      settled(() =>
        read(
          wrap(async function* () {
            yield value;
          })(),
        ),
      ),
  },
  "enqueued in a stream": {
    play: (value, wrap) =>
      settled(() =>
        read(
          wrap(
            () =>
              new ReadableStream({
                start(controller) {
                  controller.enqueue(value);
                  controller.close();
                },
              }),
          )(),
        ),
      ),
  },
  "given to record()": {
    play: (value, wrap) =>
      wrap(() => {
        record({
          inputs: value,
          messages: [value],
          output: { value },
          metadata: { value },
          user: value,
          promptTokens: value,
          startTime: value,
        } as never);
        record(value as never);
        return 1;
      })(),
    recorded: ({ metadata }) => (metadata as Fields).value ?? null,
  },
  "given to withLogContext()": {
    play: (value, wrap) =>
      withLogContext({ metadata: { value }, user: value, batches: value } as never, () =>
        withLogContext(
          value as never,
          wrap(() => 1),
        ),
      ),
  },
  "in the options' metadata": {
    play: (value, wrap) => wrap(() => 1, { metadata: { value } })(),
    recorded: ({ metadata }) => (metadata as Fields).value ?? null,
  },
  "given by the inputs and output callbacks": {
    play: (value, wrap) => wrap((_: number) => 1, { inputs: () => value, output: () => value })(1),
  },
  "thrown by the path, inputs and output callbacks": {
    play(value, wrap) {
      const refuse = (): never => {
        throw value;
      };
      return wrap((_: number) => 1, { path: refuse, inputs: refuse, output: refuse })(1);
    },
  },
  "given by the mask": {
    play(value, wrap) {
      sharedState().policies.add({ ...DEFAULT_POLICY, mask: () => value as string });
      return wrap((_: string) => "a")("b");
    },
  },
  "thrown by the mask": {
    play(value, wrap) {
      const mask = (): never => {
        throw value;
      };
      sharedState().policies.add({ ...DEFAULT_POLICY, mask });
      return wrap((_: string) => "a")("b");
    },
  },
};

const bare: Wrap = (fn) => fn;

/** What was seen, by identity: comparing the values themselves would run what is in them. */
function isSame(one: unknown, other: unknown): boolean {
  return (
    Object.is(one, other) ||
    (Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((part, index) => isSame(part, other[index])))
  );
}

/** What the language itself makes of a value that can't be awaited is another error each time. */
function withoutOwnErrors(seen: unknown, value: unknown): unknown {
  const [how, error] = Array.isArray(seen) ? seen : [];
  return how === "threw" && !Object.is(error, value) ? ["threw", `${error}`] : seen;
}

describe.each(Object.keys(PLACES))("%s", (name) => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());
  const { play, recorded } = PLACES[name] as Place;

  it.each(HOSTILE_VALUES)("$name leaves the call as it is and ends its span", async (row) => {
    for (const [before, type] of TYPES.entries()) {
      let runs = 0;
      const value = row.make(() => void runs++);
      const path = `${type}/go`;

      const expected = await play(value, bare);
      const runsBare = runs;
      const seen = await play(value, (fn, options) =>
        WRAPPERS[type]({ path, ...options } as never, fn),
      );

      expect(isSame(withoutOwnErrors(seen, value), withoutOwnErrors(expected, value))).toBe(true);
      expect(runs - runsBare).toBe(runsBare);
      expect(recording.spans()).toHaveLength(before + 1);
      // Of a call that gives nothing, nothing is recorded.
      if (recorded === undefined || row.stands === undefined || value === undefined) continue;
      if (recording.span(path).attributes["flowspan.outcome"] === undefined) {
        expect(recorded(recording.fields(path))).toEqual(row.stands);
      }
    }
  });
});

describe.each(["as an argument", "returned", "thrown", "resolved", "yielded", "given to record()"])(
  "%s",
  (name) => {
    const recording = useRecording();
    const { play } = PLACES[name] as Place;

    it.each(LARGE_VALUES)("$name leaves the call as it is and ends its span", async ({ make }) => {
      const value = make(() => {});

      const expected = await play(value, bare);
      const seen = await play(value, flow);

      expect(isSame(seen, expected)).toBe(true);
      expect(recording.spans()).toHaveLength(1);
      const size = JSON.stringify(recording.spans()[0]?.attributes).length;
      expect(size).toBeLessThan(4 * DEFAULT_POLICY.maxFieldBytes);
    });
  },
);
