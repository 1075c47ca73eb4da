import { describe, expect, it } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";
import { rejectionsOf, settled } from "./unhandled.ts";

describe("4.1 native promises", () => {
  const recording = useRecording();

  promise("a native promise comes back as a native promise", async ({ wrap }) => {
    const got = wrap(async () => 1)();

    expect(Object.getPrototypeOf(got)).toBe(Promise.prototype);
    expect(Object.keys(got)).toEqual([]);
    expect(await got).toBe(1);
    expect(recording.spans()).toHaveLength(1);
  });

  promise("what somebody has put on a native promise is on it", async ({ wrap }) => {
    const cancel = () => "cancelled";
    const got = wrap(() => Object.assign(Promise.resolve(1), { cancel, id: 7 }))();

    expect(Object.entries(got)).toEqual([
      ["cancel", cancel],
      ["id", 7],
    ]);
    expect(await got).toBe(1);
  });

  promise("a promise that is given again is the same for the caller again", async ({ wrap }) => {
    const kept = Promise.resolve("v");
    const go = wrap(() => kept);

    expect(go()).toBe(go());
    expect(await go()).toBe("v");
    expect(recording.spans()).toHaveLength(3);
  });

  promise("a rejected promise that is given again is raised exactly once", async ({ wrap }) => {
    const error = new Error("no");
    const kept = Promise.reject(error);
    const go = wrap(() => kept);

    let got: unknown;
    const { unhandled } = await rejectionsOf(() => {
      got = go();
      go();
      return settled();
    });
    expect(unhandled).toEqual([[error, got]]);
    expect(recording.spans().map(({ status }) => status.code)).toEqual([2, 2]);
  });

  promise("each handler runs once, however often the promise is used", async ({ wrap }) => {
    const seen: unknown[] = [];
    const got = wrap(async () => "v")();

    got.then((value) => seen.push(value));
    got.finally(() => seen.push("finally"));
    await Promise.all([got, got, Promise.race([got]), Promise.allSettled([got])]);
    expect(await got).toBe("v");
    expect(seen).toEqual(["v", "finally"]);
    expect(recording.spans()).toHaveLength(1);
  });

  promise("a rejection that nobody handles is raised exactly once", async ({ wrap }) => {
    const error = new Error("no");
    const go = wrap(async () => {
      await undefined;
      throw error;
    });

    let got: unknown;
    const { unhandled } = await rejectionsOf(() => {
      got = go();
      return settled();
    });
    expect(unhandled).toEqual([[error, got]]);
    expect(unhandled[0]?.[1]).toBe(got);
  });

  promise("a rejected promise that was made before is raised exactly once", async ({ wrap }) => {
    const error = new Error("no");

    const { unhandled } = await rejectionsOf(() => {
      wrap(() => Promise.reject(error))();
    });
    expect(unhandled.map(([reason]) => reason)).toEqual([error]);
  });

  promise("a rejection that somebody handles is never raised", async ({ wrap }) => {
    const go = wrap(async () => {
      throw new Error("no");
    });
    const ways: ((got: Promise<never>) => unknown)[] = [
      (got) => got.catch(() => 0),
      (got) => got.then(undefined, () => 0),
      (got) => got.finally(() => 0).catch(() => 0),
      (got) => Promise.allSettled([got]),
      (got) => Promise.race([got, 1]).catch(() => 0),
      (got) => Promise.any([got]).catch(() => 0),
      async (got) => {
        try {
          await got;
        } catch {}
      },
    ];

    const { unhandled } = await rejectionsOf(() => Promise.all(ways.map((way) => way(go()))));
    expect(unhandled).toEqual([]);
    expect(recording.spans()).toHaveLength(ways.length);
  });

  promise(
    "a rejection that is handled late is raised once and taken back once",
    async ({ wrap }) => {
      const go = wrap(async () => {
        throw new Error("no");
      });

      let got: Promise<never> | undefined;
      const { unhandled, handledLate } = await rejectionsOf(async () => {
        got = go();
        await settled();
        await got.catch(() => 0);
      });
      expect(unhandled).toHaveLength(1);
      expect(handledLate).toEqual([got]);
    },
  );

  promise("a derived chain that nobody handles is raised once for the chain", async ({ wrap }) => {
    const error = new Error("no");
    const go = wrap(async () => {
      throw error;
    });

    const { unhandled } = await rejectionsOf(() => void go().then(() => 1));
    expect(unhandled.map(([reason]) => reason)).toEqual([error]);
  });
});

describe("the counting of rejections", () => {
  it("sees one of a bare function", async () => {
    const { unhandled } = await rejectionsOf(() => void Promise.reject(1));

    expect(unhandled).toHaveLength(1);
  });
});
