import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";
import { rejectionsOf } from "./unhandled.ts";

/** A promise with methods of its own, as database and model clients give. */
class Query<T> extends Promise<T> {
  explain(): string {
    return "plan";
  }
  first(): Promise<unknown> {
    return this.then((rows) => (rows as unknown[])[0]);
  }
}

describe("4.1 promise subclasses", () => {
  const recording = useRecording();
  const failing = () => Query.reject(new Error("no")) as Query<never>;

  promise("a promise subclass comes back as the same object", async ({ wrap }) => {
    const query = Query.resolve([1]) as Query<number[]>;
    const keys = Object.keys(query);

    const got = wrap(() => query)();
    expect(got).toBe(query);
    expect(Object.keys(got)).toEqual(keys);
    expect(await got).toEqual([1]);
    expect(recording.fields("go").output).toBe("[1]");
  });

  promise("its own methods work as before", async ({ wrap }) => {
    const go = wrap(() => Query.resolve([7, 8]) as Query<number[]>);

    expect(go().explain()).toBe("plan");
    expect(await go().first()).toBe(7);
    expect(recording.fields("go").output).toBe("[7,8]");
  });

  promise("what is derived from it is of its class", async ({ wrap }) => {
    const got = wrap(() => Query.resolve(1) as Query<number>)();

    expect(got.then(() => 2)).toBeInstanceOf(Query);
    expect(got.catch(() => 2)).toBeInstanceOf(Query);
    expect(got.finally(() => 2)).toBeInstanceOf(Query);
    await got;
  });

  for (const [way, take] of [
    ["then", (got: Query<never>) => got.then(undefined, () => 0)],
    ["catch", (got: Query<never>) => got.catch(() => 0)],
    ["finally", (got: Query<never>) => got.finally(() => 0).catch(() => 0)],
  ] as const) {
    promise(`its failure is seen through ${way}, which gets it too`, async ({ wrap }) => {
      expect(await take(wrap(failing)())).toBe(0);

      expect(recording.fields("go").error).toBe("Error: no");
    });
  }

  promise("its rejection is raised exactly once when nobody handles it", async ({ wrap }) => {
    const { unhandled } = await rejectionsOf(() => void wrap(failing)());

    expect(unhandled.map(([reason]) => String(reason))).toEqual(["Error: no"]);
  });

  promise("its rejection is never raised when somebody handles it", async ({ wrap }) => {
    const go = wrap(failing);

    const { unhandled } = await rejectionsOf(async () => {
      go().catch(() => 0);
      await go().then(undefined, () => 0);
      await Promise.allSettled([go()]);
      await go()
        .finally(() => 0)
        .catch(() => 0);
    });
    expect(unhandled).toEqual([]);
    expect(recording.spans()).toHaveLength(4);
  });
});
