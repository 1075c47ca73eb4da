import { describe, expect, vi } from "vitest";
import type { AnyFunction } from "../../../src/record/types.ts";
import { useRecording } from "../recording.ts";
import { FORMS, type TypeName, WRAPPERS } from "./forms.ts";
import { promiseWithin } from "./promise.ts";

const OTHER_TYPE: Readonly<Record<TypeName, TypeName>> = {
  flow: "prompt",
  prompt: "tool",
  tool: "flow",
};

describe("4.1 wrapping again", () => {
  const recording = useRecording();
  const names = () => recording.spans().map((span) => span.name);
  const promise = promiseWithin({ except: { ".run": "it wraps nothing: each run is a span" } });
  const ofWrappers = promiseWithin({
    except: {
      ".run": "it wraps nothing",
      "TC39 decorator": "the decorated method is the class's own",
      "legacy decorator": "the decorated method is the class's own",
    },
  });
  const body = (): number => 1;

  promise("with the same kind and path is no second span", ({ type, wrapTwice }) => {
    const go = wrapTwice([type, "go"], [type, "go"], body);

    expect(go()).toBe(1);
    expect(names()).toEqual(["go"]);
  });

  promise("with the same kind and another path is another span", ({ type, wrapTwice }) => {
    wrapTwice([type, "outer"], [type, "inner"], body)();

    expect(names()).toEqual(["inner", "outer"]);
    expect(recording.span("inner").parentSpanContext?.spanId).toBe(
      recording.span("outer").spanContext().spanId,
    );
  });

  promise("with another kind and the same path is another span", ({ type, wrapTwice }) => {
    wrapTwice([OTHER_TYPE[type], "go"], [type, "go"], body)();

    expect(recording.spans().map((span) => span.attributes["flowspan.type"])).toEqual([
      type,
      OTHER_TYPE[type],
    ]);
  });

  promise("with a function for a path is another span", ({ type, wrapTwice }) => {
    const path = () => "made";
    wrapTwice([type, { path }], [type, "inner"], body)();

    expect(names()).toEqual(["inner", "made"]);
  });

  promise("keeps the parameters' names for the outer span", ({ type, members }) => {
    const { plain } = members();
    const outer = FORMS.wrapper.wrap(type, "outer", plain as AnyFunction);

    outer("q", 2);
    expect(recording.fields("outer").inputs).toEqual({ question: "q", limit: 2 });
  });

  ofWrappers("with the same kind and path gives the same function", ({ wrap }) => {
    const once = wrap(body, "same");

    expect(wrap(once, "same")).toBe(once);
    expect(wrap(once, "other")).not.toBe(once);
  });

  ofWrappers("by another copy of this library is seen too", async ({ type, wrap }) => {
    const once = wrap(body, "same");
    vi.resetModules();
    const copy = await import("../../../src/index.ts");

    expect(copy[type]).not.toBe(WRAPPERS[type]);
    expect(copy[type]("same", once)).toBe(once);
    once();
    expect(names()).toEqual(["same"]);
  });
});
