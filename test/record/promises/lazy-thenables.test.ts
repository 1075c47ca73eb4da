import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";
import { rejectionsOf } from "./unhandled.ts";

/** A query builder's thenable: nothing is done before somebody asks. */
class Lazy<T> {
  started = 0;
  readonly #work: () => T | Promise<T>;
  constructor(work: () => T | Promise<T>) {
    this.#work = work;
  }
  where(): this {
    return this;
  }
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is wanted here
  then<A, B>(done: (value: T) => A, failed?: (error: unknown) => B): Promise<A | B> {
    this.started++;
    return new Promise<T>((resolve) => resolve(this.#work())).then(done, failed);
  }
}

describe("4.1 lazy thenables", () => {
  const recording = useRecording();

  promise("a lazy thenable is the same object and is not started", async ({ wrap }) => {
    const lazy = new Lazy(() => 1);

    const got = wrap(() => lazy)();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(got).toBe(lazy);
    expect(got.where()).toBe(lazy);
    expect(Object.keys(got)).toEqual(["started"]);
    expect(lazy.started).toBe(0);
    expect(recording.spans()).toEqual([]);
  });

  promise("a lazy thenable is started as often as it is awaited", async ({ wrap }) => {
    const lazy = new Lazy(() => 3);

    const got = wrap(() => lazy)();
    expect([await got, await got]).toEqual([3, 3]);
    expect(lazy.started).toBe(2);
    expect(recording.fields("go").output).toBe("3");
  });

  promise("a lazy thenable works inside the span, its consumer outside", async ({ wrap }) => {
    let inside: string | undefined;
    const lazy = new Lazy(() => {
      inside = trace.getActiveSpan()?.spanContext().spanId;
    });

    const outside = await new Promise((resolve) =>
      wrap(() => lazy)().then(() => resolve(trace.getActiveSpan())),
    );
    expect(outside).toBeUndefined();
    expect(inside).toBe(recording.span("go").spanContext().spanId);
  });

  promise("a thenable's failure reaches its consumer as the same object", async ({ wrap }) => {
    const error = new Error("no");
    const go = wrap(() => new Lazy<never>(() => Promise.reject(error)));

    const { unhandled } = await rejectionsOf(async () => {
      expect(await go().then(undefined as never, (reason) => reason)).toBe(error);
      await expect((async () => go())()).rejects.toBe(error);
    });
    expect(unhandled).toEqual([]);
    expect(recording.spans().map((span) => span.status.message)).toEqual([
      "Error: no",
      "Error: no",
    ]);
  });

  promise(
    "a thenable that is a function is the same function, seen to its end",
    async ({ wrap }) => {
      const lazy = new Lazy(() => 7);
      const stub = Object.assign(() => "called", {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is wanted here
        then: lazy.then.bind(lazy) as Lazy<number>["then"],
      });

      const got = wrap(() => stub)();
      expect(got).toBe(stub);
      expect(got()).toBe("called");
      expect(recording.spans()).toEqual([]);
      expect(await got).toBe(7);
      expect(recording.fields("go").output).toBe("7");
    },
  );

  promise("a thenable that an async function gives is adopted, as without us", async ({ wrap }) => {
    const lazy = new Lazy(() => "row");

    expect(await wrap(async () => lazy)()).toBe("row");
    expect(lazy.started).toBe(1);
    expect(recording.fields("go").output).toBe("row");
  });
});
