import { DiagLogLevel, diag } from "@opentelemetry/api";
import { afterEach, describe, expect } from "vitest";
import { sharedState } from "../../../src/base/shared-state.ts";
import { record } from "../../../src/index.ts";
import type { AnyFunction } from "../../../src/record/types.ts";
import { DEFAULT_POLICY } from "../../../src/spans/policy.ts";
import { useRecording } from "../recording.ts";
import { promise, promiseWithin } from "./promise.ts";

const bad = (): never => {
  throw new Error("bad callback");
};

describe("4.6 the user's callbacks", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());
  const ofArguments = promiseWithin({ except: { ".run": "its body takes no arguments" } });
  const use = (mask: (text: string, path: string) => string) =>
    sharedState().policies.add({ ...DEFAULT_POLICY, mask });

  ofArguments("a path is made from this and the arguments", ({ wrap }) => {
    const path = function (this: { area: string }, topic: string) {
      return `${this.area}/${topic}`;
    };
    const go = wrap((topic: string) => topic.length, { path: path as AnyFunction });

    expect(Reflect.apply(go, { area: "help" }, ["cats"])).toBe(4);
    expect(recording.fields("help/cats").path).toBe("help/cats");
  });

  promise("a path function that throws or gives no text leaves the function's name", ({ wrap }) => {
    for (const path of [bad, () => "", () => 5 as unknown as string]) {
      expect(wrap(() => 1, { path })()).toBe(1);
    }

    const paths = recording.spans().map((span) => span.attributes["flowspan.path"]);
    expect(paths).toHaveLength(3);
    expect(new Set(paths).size).toBe(1);
    expect(paths[0]).not.toBe("go");
  });

  ofArguments(
    "an inputs function that throws costs the inputs alone, and the log says so",
    ({ wrap }) => {
      const go = wrap((n: number) => n + 1, { inputs: bad });

      expect(go(1)).toBe(2);
      expect(recording.fields("go")).toEqual({
        path: "go",
        inputs: { "[unreadable]": "the inputs option threw" },
        output: "2",
      });
    },
  );

  promise(
    "an output function that throws costs the output alone, and the log says so",
    async ({ wrap }) => {
      expect(await wrap(async () => "a", { output: bad })()).toBe("a");

      expect(recording.fields("go")).toEqual({
        path: "go",
        output: "[unreadable: the output option threw]",
      });
      expect(recording.span("go").status).toEqual({ code: 0 });
    },
  );

  promise("a mask is asked about each text with its path", ({ wrap }) => {
    const asked: string[] = [];
    use((text, path) => {
      asked.push(`${path}: ${text}`);
      return text.toUpperCase();
    });
    wrap(() => {
      record({ inputs: { a: "x", list: ["y"] } });
      return { b: "z" };
    })();

    expect(asked).toEqual(
      expect.arrayContaining(["inputs.a: x", "inputs.list.0: y", "output.b: z"]),
    );
    expect(recording.fields("go")).toMatchObject({
      inputs: { a: "X", list: ["Y"] },
      output: '{"b":"Z"}',
    });
  });

  promise("a mask that throws or gives no text masks the whole field", ({ wrap }) => {
    for (const [name, mask] of [
      ["throws", (text: string) => (text === "private" ? bad() : text)],
      ["none", (text: string) => (text === "private" ? (undefined as unknown as string) : text)],
    ] as const) {
      use(mask);
      expect(wrap(() => ["private", "other"], name)()).toEqual(["private", "other"]);
      expect(recording.fields(name).output).toBe('"[masked]"');
      sharedState().policies.clear();
    }
  });

  promise("whatever they throw is said through diag, and nowhere else", async ({ wrap }) => {
    const said: string[] = [];
    const say = (message: string) => void said.push(message);
    const logger = { error: say, warn: say, info: say, debug: say, verbose: say };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });

    await wrap(async () => 1, { path: bad, output: bad })();
    diag.disable();
    expect(said).toHaveLength(2);
    expect(said[0]).toContain("the path option was left out");
    expect(said[1]).toContain("the output option was left out");
  });

  promise("a diag logger that throws does not reach the call", ({ wrap }) => {
    const logger = { error: bad, warn: bad, info: bad, debug: bad, verbose: bad };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });

    const given = wrap(() => 1, { output: bad })();
    diag.disable();
    expect(given).toBe(1);
    expect(recording.spans()).toHaveLength(1);
  });
});
