import { context, trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { sharedState } from "../../../src/base/shared-state.ts";
import { flow, record, tool } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise, promiseWithin } from "./promise.ts";
import { watchedValue } from "./watched-value.ts";

const ofArguments = promiseWithin({ except: { ".run": "its body takes no arguments" } });

/** A watched value, and options whose functions count. */
function watchedCall() {
  const watched = watchedValue();
  let asked = 0;
  const ask = (): string => `asked ${++asked}`;
  return { ...watched, asked: () => asked, ask };
}

describe("4.2 without a provider", () => {
  promise("a call is a direct call: the very promise, generator and stream", ({ wrap }) => {
    const given = Promise.resolve(1);
    const stream = new ReadableStream();

    expect(wrap(() => given)()).toBe(given);
    const keys = Reflect.ownKeys(stream);
    expect(Reflect.ownKeys(wrap(() => stream)())).toEqual(keys);
    const walker = wrap(function* () {
      yield context.active();
    })();
    expect(Reflect.ownKeys(walker)).toEqual([]);
    expect(walker.next().value).toBe(context.active());
    expect(wrap(() => context.active())()).toBe(context.active());
  });

  ofArguments("nothing is serialised: the arguments are not looked at", async ({ wrap }) => {
    const { value, looks, asked, ask } = watchedCall();
    const options = { path: ask, inputs: ask, output: ask };

    expect(wrap((given: object) => given === value, options)(value)).toBe(true);
    expect(await wrap(async (given: object) => given === value, options)(value)).toBe(true);
    for (const _ of wrap(function* (_: object) {
      yield 1;
    }, options)(value));
    expect([looks(), asked()]).toEqual([0, 0]);
  });

  promise("nothing is serialised: the result is not looked at", ({ wrap }) => {
    const { value, looks, asked, ask } = watchedCall();
    const options = { path: ask, inputs: ask, output: ask };

    wrap(() => value, options)();
    expect([looks(), asked()]).toEqual([0, 0]);
  });

  promise("an error comes out as it is", async ({ wrap }) => {
    const error = new Error("no");
    const fail = () => {
      throw error;
    };

    expect(wrap(fail)).toThrow(error);
    await expect(wrap(async () => fail())()).rejects.toBe(error);
  });

  promise("record() inside does nothing", ({ wrap }) => {
    const { value, looks } = watchedValue();

    expect(wrap(() => record({ metadata: { value } }))()).toBeUndefined();
    expect(looks()).toBe(0);
  });
});

describe("4.2 sampled out", () => {
  const recording = useRecording(new AlwaysOffSampler());

  ofArguments("nothing is serialised: the arguments are not looked at", async ({ wrap }) => {
    const { value, looks, asked, ask } = watchedCall();
    const options = { inputs: ask, output: ask };

    expect(wrap((given: object) => given === value, options)(value)).toBe(true);
    expect(await wrap(async (given: object) => given === value, options)(value)).toBe(true);
    expect([looks(), asked()]).toEqual([0, 0]);
  });

  promise("nothing is serialised: no getter of a result or piece is run", async ({ wrap }) => {
    let ran = 0;
    const value = Object.defineProperty({ toJSON: () => ran++ }, "lazy", {
      enumerable: true,
      get: () => ran++,
    });

    expect(wrap(() => value)()).toBe(value);
    expect(await wrap(async () => value)()).toBe(value);
    expect([
      ...wrap(function* () {
        yield value;
      })(),
    ]).toEqual([value]);
    expect(ran).toBe(0);
  });

  promise("its context is active, so that children follow the decision", async ({ wrap }) => {
    const child = tool("child", () => trace.getActiveSpan()?.spanContext());
    const [own, below] = await wrap(async () => {
      await undefined;
      return [trace.getActiveSpan()?.spanContext(), child()];
    })();

    expect(own?.traceFlags).toBe(0);
    expect(below?.traceId).toBe(own?.traceId);
    expect(below?.traceFlags).toBe(0);
    expect(recording.spans()).toEqual([]);
  });

  promise("its call is counted", ({ wrap }) => {
    const before = sharedState().notSampled;

    wrap(() => 1)();
    expect(sharedState().notSampled).toBe(before + 1);
  });

  promise("values, errors and streams are as ever", async ({ wrap }) => {
    const error = new Error("no");
    const stream = ReadableStream.from(["a"]);

    expect(wrap(() => stream)()).toBe(stream);
    expect((await stream.getReader().read()).value).toBe("a");
    await expect(
      wrap(async () => {
        throw error;
      })(),
    ).rejects.toBe(error);
  });
});

describe("a watched value", () => {
  const recording = useRecording();

  it("counts when it is recorded", () => {
    const { value, looks } = watchedValue();

    flow("go", (_: unknown) => 1)(value);
    expect(looks()).toBeGreaterThan(0);
    expect(recording.spans()).toHaveLength(1);
  });
});
