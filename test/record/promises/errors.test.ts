import { trace } from "@opentelemetry/api";
import { afterEach, describe, expect } from "vitest";
import { sharedState } from "../../../src/base/shared-state.ts";
import { tool } from "../../../src/index.ts";
import { DEFAULT_POLICY } from "../../../src/spans/policy.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

const SECRET = `sk-${"a1b2c3d4".repeat(4)}`;

describe("4.6 errors", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());
  const throwing = (error: unknown) => () => {
    throw error;
  };

  promise("a throw sets the span's status and the log's error", ({ wrap }) => {
    expect(wrap(throwing(new RangeError("too far")))).toThrow("too far");

    expect(recording.span("go").status).toEqual({ code: 2, message: "RangeError: too far" });
    expect(recording.fields("go").error).toBe("RangeError: too far");
  });

  promise(
    "it is recorded as one exception event, with type, message and stack",
    async ({ wrap }) => {
      const error = new RangeError("too far");
      await wrap(async () => throwing(error)())().catch(() => 0);

      const { events } = recording.span("go");
      expect(events.map(({ name, attributes }) => [name, attributes])).toEqual([
        [
          "exception",
          {
            "exception.type": "RangeError",
            "exception.message": "RangeError: too far",
            "exception.stacktrace": error.stack,
          },
        ],
      ]);
    },
  );

  promise("its causes are told in their order", ({ wrap }) => {
    const inner = new Error("inner", { cause: "a text" });
    expect(wrap(throwing(new TypeError("outer", { cause: inner })))).toThrow();

    const told = "TypeError: outer\nCaused by: Error: inner\nCaused by: a text";
    expect(recording.fields("go").error).toBe(told);
    expect(recording.span("go").events[0]?.attributes?.["exception.message"]).toBe(told);
  });

  promise("causes that go in a circle end", ({ wrap }) => {
    const error = new Error("round");
    error.cause = error;

    expect(wrap(throwing(error))).toThrow(error);
    expect(String(recording.fields("go").error).match(/round/g)?.length).toBeLessThan(20);
  });

  promise("the errors in an AggregateError are told", async ({ wrap }) => {
    const all = [new TypeError("first"), new Error("second", { cause: new Error("why") })];

    await expect(
      wrap(async () => Promise.any(all.map((e) => Promise.reject(e))))(),
    ).rejects.toThrow(AggregateError);
    const { error } = recording.fields("go");
    for (const part of ["AggregateError", "TypeError: first", "Error: second"]) {
      expect(error).toContain(part);
    }
  });

  promise("anything that is thrown is told: text, object, nothing", ({ wrap }) => {
    const thrown: [unknown, string][] = [
      ["a text", "a text"],
      [{ code: 7 }, '{"code":7}'],
      [undefined, "undefined"],
      [null, "null"],
      [new (class HttpError extends Error {})("no"), "HttpError: no"],
    ];

    for (const [error, told] of thrown) {
      const name = `go ${told}`;
      try {
        wrap(throwing(error), name)();
      } catch {}
      expect(recording.fields(name).error).toBe(told);
    }
  });

  promise("secrets in a message, a cause and a stack are masked", ({ wrap }) => {
    const error = new Error(`key ${SECRET}`, { cause: new Error(SECRET) });

    expect(wrap(throwing(error))).toThrow(SECRET);
    const { status, events, attributes } = recording.span("go");
    expect(JSON.stringify([status, events, attributes])).not.toContain(SECRET);
    expect(recording.fields("go").error).toBe("Error: key [masked]\nCaused by: Error: [masked]");
  });

  promise("the user's mask is asked about them", ({ wrap }) => {
    const mask = (text: string) => text.replaceAll("Ann", "[name]");
    sharedState().policies.add({ ...DEFAULT_POLICY, mask });

    expect(wrap(throwing(new Error("no such user Ann")))).toThrow("Ann");
    const { status, events, attributes } = recording.span("go");
    expect(JSON.stringify([status, events, attributes])).not.toContain("Ann");
    expect(recording.fields("go").error).toBe("Error: no such user [name]");
  });

  promise("an error that passes through several spans is in each of them", ({ wrap }) => {
    const error = new Error("no");
    const inner = wrap(throwing(error), "inner");

    expect(wrap(() => inner(), "outer")).toThrow(error);
    expect(recording.fields("inner").error).toBe("Error: no");
    expect(recording.fields("outer").error).toBe("Error: no");
  });

  promise("one that is caught inside is no error of the span", ({ wrap }) => {
    const failing = tool("failing", throwing(new Error("no")));
    wrap(() => {
      try {
        failing();
      } catch {}
    })();

    expect(recording.span("go").status).toEqual({ code: 0 });
    expect(recording.fields("go").error).toBeUndefined();
  });

  promise("a span that is not ours is never changed", async ({ wrap }) => {
    const tracer = trace.getTracer("other");
    await tracer.startActiveSpan("theirs", async (span) => {
      await wrap(async () => throwing(new Error("no"))())().catch(() => 0);
      span.end();
    });

    const { attributes, events, status } = recording.span("theirs");
    expect([attributes, events, status]).toEqual([{}, [], { code: 0 }]);
    expect(recording.span("go").parentSpanContext?.spanId).toBe(
      recording.span("theirs").spanContext().spanId,
    );
  });
});
