import { describe, expect, it } from "vitest";
import type { FlowspanOptions } from "../../src/otel/index.ts";
import { FlowspanExporter } from "../../src/otel/index.ts";
import { DEFAULTS, resolveOptions } from "../../src/otel/resolve-options.ts";

const resolve = (options: object, environment: Record<string, string> = {}) =>
  resolveOptions("test", options as FlowspanOptions, environment);

describe("resolveOptions", () => {
  it("has a default for everything", () => {
    const { url, isDisabled, openTraceMillis, ...rest } = resolve({});

    expect(url).toEqual({ origin: "http://127.0.0.1:4319", basePath: "/v5", isLoopback: true });
    expect(isDisabled).toBe(false);
    expect(openTraceMillis).toBe(2_000);
    expect(DEFAULTS).toMatchObject({ maxFieldBytes: rest.maxFieldBytes, content: rest.content });
    expect(rest).toMatchObject({
      apiKey: undefined,
      environment: undefined,
      lateSpanMillis: 1_000,
    });
  });

  it("lets options beat the environment, and the environment the defaults", () => {
    const environment = {
      FLOWSPAN_URL: "https://logs.example.com/api",
      FLOWSPAN_API_KEY: "from-env",
      FLOWSPAN_ENVIRONMENT: "staging",
      FLOWSPAN_CONTENT: "none",
    };

    expect(resolve({}, environment)).toMatchObject({
      url: { origin: "https://logs.example.com", basePath: "/api", isLoopback: false },
      apiKey: "from-env",
      environment: "staging",
      content: "none",
    });
    expect(resolve({ apiKey: "own", content: "log" }, environment)).toMatchObject({
      apiKey: "own",
      content: "log",
      environment: "staging",
    });
  });

  it("takes empty variables for none", () => {
    const environment = { FLOWSPAN_URL: "", FLOWSPAN_API_KEY: "", FLOWSPAN_CONTENT: "" };

    expect(resolve({}, environment)).toEqual(resolve({}));
  });

  it.each([
    ["FLOWSPAN_DISABLED", "true", true],
    ["FLOWSPAN_DISABLED", "1", true],
    ["OTEL_SDK_DISABLED", "TRUE", true],
    ["OTEL_SDK_DISABLED", "false", false],
    ["FLOWSPAN_DISABLED", "", false],
  ])("reads %s=%s", (name, value, expected) => {
    expect(resolve({}, { [name]: value }).isDisabled).toBe(expected);
  });

  it("makes live an open time of 0", () => {
    expect(resolve({ live: true, openTraceMillis: 500 }).openTraceMillis).toBe(0);
  });

  it.each<[object, Record<string, string>, typeof TypeError | typeof RangeError, string]>([
    [{ url: "nowhere" }, {}, TypeError, "test: url: expected an http:// or https:// URL"],
    [{}, { FLOWSPAN_URL: "nowhere" }, TypeError, "test: FLOWSPAN_URL: expected an http://"],
    [{ url: 7 }, {}, TypeError, "test: url: expected text, got 7 (number)."],
    [
      { content: "all" },
      {},
      TypeError,
      'content: expected one of "span", "log", "none", got "all"',
    ],
    [{}, { FLOWSPAN_CONTENT: "all" }, TypeError, "test: FLOWSPAN_CONTENT: expected one of"],
    [{ mask: "*" }, {}, TypeError, 'test: mask: expected a function, got "*" (string).'],
    [{ live: "yes" }, {}, TypeError, 'test: live: expected true or false, got "yes" (string).'],
    [
      { maxFieldBytes: 1.5 },
      {},
      RangeError,
      "maxFieldBytes: expected a whole number of at least 64, got 1.5",
    ],
    [
      { maxQueueBytes: -1 },
      {},
      RangeError,
      "maxQueueBytes: expected a whole number of at least 65536, got -1",
    ],
    [{ lateSpanMillis: Number.NaN }, {}, RangeError, "lateSpanMillis: expected a number from 0 to"],
    [{ flushTimeoutMillis: 0 }, {}, RangeError, "flushTimeoutMillis: expected a number from 1 to"],
    [
      { flushTimeoutMillis: "5" },
      {},
      TypeError,
      'expected a number of milliseconds, got "5" (string)',
    ],
    [{ timeoutMillis: 5 }, {}, TypeError, "got timeoutMillis (option). Check its spelling."],
    [{ keep: 5 }, {}, TypeError, "test: keep: expected a function, got 5 (number)."],
  ])("refuses %j %j", (options, environment, type, message) => {
    expect(() => resolve(options, environment)).toThrow(type);
    expect(() => resolve(options, environment)).toThrow(message);
  });

  it("never shows a key", () => {
    expect(() => resolve({ apiKey: "se cret\n" })).toThrow(
      "test: apiKey: expected printable ASCII",
    );
    expect(() => resolve({ apiKey: "se cret\n" })).not.toThrow(/se cret/);
    expect(() => resolve({}, { FLOWSPAN_API_KEY: "se cret\n" })).toThrow("test: FLOWSPAN_API_KEY");
  });

  it("tells FlowspanExporter's users where opening a trace works", () => {
    expect(() => new FlowspanExporter({ live: true } as object)).toThrow(
      "Use FlowspanSpanProcessor",
    );
  });
});
