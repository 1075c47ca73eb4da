import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";
import { rejectionsOf } from "./unhandled.ts";

const activeSpan = () => trace.getActiveSpan()?.spanContext().spanId;
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("4.1 async generators: how they end", () => {
  const recording = useRecording();
  const spanId = () => recording.span("go").spanContext().spanId;
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];

  promise(
    "return() runs the body's finally inside the span and gives its value",
    async ({ wrap }) => {
      let inside: unknown;
      const walk = wrap(async function* (): AsyncGenerator<number, string> {
        try {
          yield 1;
          return "end";
        } finally {
          await tick();
          inside = activeSpan();
        }
      });

      const walker = walk();
      await walker.next();
      expect(await walker.return("left")).toEqual({ value: "left", done: true });
      expect(inside).toBe(spanId());
      expect(outcome()).toBe("cancelled");
    },
  );

  promise("throw() goes into the body, which may catch it and go on", async ({ wrap }) => {
    const error = new Error("in");
    const walker = wrap(async function* (): AsyncGenerator<unknown, string> {
      try {
        yield 1;
      } catch (caught) {
        yield [caught, activeSpan()];
      }
      return "end";
    })();

    await walker.next();
    const { value } = await walker.throw(error);
    expect(await walker.next()).toEqual({ value: "end", done: true });
    expect(value).toEqual([error, spanId()]);
    expect(outcome()).toBeUndefined();
  });

  promise(
    "an error of the body comes out as the same object, after the pieces",
    async ({ wrap }) => {
      const error = new Error("no");
      const walker = wrap(async function* () {
        yield "a";
        throw error;
      })();

      expect((await walker.next()).value).toBe("a");
      await expect(walker.next()).rejects.toBe(error);
      expect(recording.fields("go")).toMatchObject({ output: "a", error: "Error: no" });
    },
  );

  promise("a failing read is raised exactly once when nobody handles it", async ({ wrap }) => {
    const error = new Error("no");
    // biome-ignore lint/correctness/useYield: it fails before it yields
    const walk = wrap(async function* () {
      throw error;
    });

    const { unhandled } = await rejectionsOf(() => void walk().next());
    const { unhandled: handled } = await rejectionsOf(() =>
      walk()
        .next()
        .catch(() => 0),
    );
    expect(unhandled.map(([reason]) => reason)).toEqual([error]);
    expect(handled).toEqual([]);
  });

  promise("an early break ends it as cancelled, after its own finally", async ({ wrap }) => {
    const steps: string[] = [];
    const walk = wrap(async function* () {
      try {
        yield "a";
        yield "b";
      } finally {
        steps.push("finally");
      }
    });

    for await (const piece of walk()) {
      steps.push(piece);
      break;
    }
    expect(steps).toEqual(["a", "finally"]);
    expect(outcome()).toBe("cancelled");
  });

  promise(
    "an error of the consumer's loop ends it as cancelled and comes out",
    async ({ wrap }) => {
      const error = new Error("mine");
      const walk = wrap(async function* () {
        yield "a";
      });

      await expect(async () => {
        for await (const _ of walk()) throw error;
      }).rejects.toBe(error);
      expect(outcome()).toBe("cancelled");
      expect(recording.fields("go").error).toBeUndefined();
    },
  );
});
