import { describe, expect, it } from "vitest";
import { quoteLongIntegers } from "../../src/otlp/exact-integers.ts";
import { readTraces } from "../../src/otlp/read-traces.ts";
import type { ReceivedSpan } from "../../src/otlp/received-span.ts";
import type { Json } from "../http/test-server.ts";

const TRACE = "0123456789abcdef0123456789abcdef";
const SPAN = "0123456789abcdef";
const BASE64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");

/** The smallest span that is taken. */
const MINIMAL = {
  traceId: TRACE,
  spanId: SPAN,
  name: "n",
  startTimeUnixNano: "1500000000000000001",
};

function request(...spans: unknown[]): Json {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

function read(span: Json): ReceivedSpan | undefined {
  return readTraces(request({ ...MINIMAL, ...span }))?.spans[0];
}

/** An attribute's value as it is read. */
function value(anyValue: unknown): unknown {
  return read({ attributes: [{ key: "k", value: anyValue }] })?.attributes.k;
}

describe("a span of OTLP", () => {
  it("has every part that is kept", () => {
    const body = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "s" } }] },
          scopeSpans: [
            {
              scope: { name: "lib", version: "1.2", attributes: [] },
              schemaUrl: "https://example.com/schema",
              spans: [
                {
                  ...MINIMAL,
                  parentSpanId: "00000000000000aa",
                  traceState: "a=b",
                  flags: 0x301,
                  kind: 3,
                  endTimeUnixNano: "1500000001000000000",
                  status: { code: 2, message: "bad" },
                  events: [
                    {
                      timeUnixNano: "1500000000500000000",
                      name: "exception",
                      attributes: [{ key: "exception.type", value: { stringValue: "E" } }],
                    },
                  ],
                  links: [
                    {
                      traceId: TRACE,
                      spanId: "00000000000000bb",
                      attributes: [{ key: "why", value: { boolValue: true } }],
                    },
                  ],
                  droppedAttributesCount: 3,
                  somethingNew: { deep: [1] },
                },
              ],
            },
          ],
        },
      ],
    };

    expect(readTraces(body)).toEqual({
      spans: [
        {
          traceId: TRACE,
          spanId: SPAN,
          parentSpanId: "00000000000000aa",
          parentIsRemote: true,
          traceState: "a=b",
          name: "n",
          kind: 3,
          start: [1_500_000_000, 1],
          end: [1_500_000_001, 0],
          status: { code: 2, message: "bad" },
          attributes: {},
          events: [
            {
              name: "exception",
              time: [1_500_000_000, 500_000_000],
              attributes: { "exception.type": "E" },
            },
          ],
          links: [{ traceId: TRACE, spanId: "00000000000000bb", attributes: { why: true } }],
          scope: { name: "lib", version: "1.2" },
          resource: { "service.name": "s" },
        },
      ],
      rejected: 0,
      reason: "",
    });
  });

  it("takes ids in hex of either case and in base64 of either alphabet", () => {
    const [trace, span] = ["ff".repeat(16), "fb".repeat(8)];
    const forms = [
      { traceId: trace, spanId: span },
      { traceId: trace.toUpperCase(), spanId: span.toUpperCase() },
      { traceId: BASE64(trace), spanId: BASE64(span) },
      {
        traceId: BASE64(trace).replace(/=+$/, ""),
        spanId: BASE64(span).replaceAll("+", "-").replaceAll("/", "_"),
      },
    ];

    for (const form of forms) {
      expect(read(form)).toMatchObject({ traceId: trace, spanId: span });
    }
  });

  it.each([
    ["no trace id", { traceId: undefined }],
    ["an empty trace id", { traceId: "" }],
    ["a trace id of zeros", { traceId: "0".repeat(32) }],
    ["a short trace id", { traceId: "abc" }],
    ["a trace id that is no text", { traceId: 12 }],
    ["an endless trace id", { traceId: "a".repeat(1_000_000) }],
    ["no span id", { spanId: null }],
    ["an empty span id", { spanId: "" }],
    ["a span id of zeros", { spanId: BASE64("0".repeat(16)) }],
    ["a span id that is no hex", { spanId: "zzzzzzzzzzzzzzzz" }],
    ["no time at all", { startTimeUnixNano: 0 }],
    ["a time that is none", { startTimeUnixNano: "yesterday" }],
  ])("is refused alone with %s", (_, wrong) => {
    const other = { ...MINIMAL, spanId: "00000000000000ee" };

    const traces = readTraces(request({ ...MINIMAL, ...wrong }, other));

    expect(traces?.spans.map(({ spanId }) => spanId)).toEqual(["00000000000000ee"]);
    expect(traces).toMatchObject({ rejected: 1, reason: expect.stringMatching(/: expected /) });
  });

  it("has no parent where that is empty, zero, wrong or itself", () => {
    for (const parentSpanId of ["", null, "0".repeat(16), "x", 3, SPAN]) {
      expect(read({ parentSpanId })).not.toHaveProperty("parentSpanId");
    }
  });

  it("takes times as text, as numbers, and exactly from JSON's own numbers", () => {
    const json =
      '{"a":"1\\"startTimeUnixNano\\":1749650492598000001,","startTimeUnixNano" : 1749650492598000001}';

    expect(read({ startTimeUnixNano: 1_500_000_000_000_000_000 })?.start).toEqual([
      1_500_000_000, 0,
    ]);
    expect(read(JSON.parse(quoteLongIntegers(json)) as Json)?.start).toEqual([
      1_749_650_492, 598_000_001,
    ]);
    expect(JSON.parse(quoteLongIntegers(json))).toMatchObject({
      a: '1"startTimeUnixNano":1749650492598000001,',
    });
  });

  it("is open without an end, and keeps an end before its start", () => {
    expect(read({})).not.toHaveProperty("end");
    expect(read({ endTimeUnixNano: "0" })).not.toHaveProperty("end");
    expect(read({ endTimeUnixNano: "1400000000000000000" })?.end).toEqual([1_400_000_000, 0]);
    expect(read({ startTimeUnixNano: "0", endTimeUnixNano: "1400000000000000000" })?.start).toEqual(
      [1_400_000_000, 0],
    );
  });

  it("takes enumerations by number and by name", () => {
    for (const kind of [3, "3", "SPAN_KIND_CLIENT", "CLIENT"]) expect(read({ kind })?.kind).toBe(3);
    for (const kind of [undefined, 99, -1, 1.5, "SPAN_KIND_NEW", {}, "constructor"]) {
      expect(read({ kind })?.kind).toBe(0);
    }
    for (const code of [2, "STATUS_CODE_ERROR"]) {
      expect(read({ status: { code } })?.status).toEqual({ code: 2 });
    }
  });

  it("takes names as they are declared", () => {
    const body = {
      resource_spans: [
        {
          scope_spans: [
            {
              spans: [
                {
                  trace_id: TRACE,
                  span_id: SPAN,
                  parent_span_id: "00000000000000aa",
                  start_time_unix_nano: "1500000000000000000",
                  end_time_unix_nano: "1500000000000000000",
                  attributes: [
                    { key: "k", value: { array_value: { values: [{ int_value: "7" }] } } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    };

    expect(readTraces(body)?.spans[0]).toMatchObject({
      parentSpanId: "00000000000000aa",
      end: [1_500_000_000, 0],
      attributes: { k: [7] },
    });
  });

  it("takes spans as they stood before OTLP 0.15", () => {
    const library = { instrumentationLibrary: { name: "old" }, spans: [MINIMAL] };

    const traces = readTraces({ resourceSpans: [{ instrumentationLibrarySpans: [library] }] });

    expect(traces?.spans[0]?.scope).toEqual({ name: "old" });
  });

  it.each([
    [{ stringValue: "" }, ""],
    [{ boolValue: false }, false],
    [{ intValue: "42" }, 42],
    [{ intValue: -42 }, -42],
    [{ intValue: "9223372036854775807" }, "9223372036854775807"],
    [{ doubleValue: 0.5 }, 0.5],
    [{ doubleValue: "0.5" }, 0.5],
    [{ doubleValue: "NaN" }, "NaN"],
    [{ doubleValue: "-Infinity" }, "-Infinity"],
    [{ bytesValue: "AAEC" }, "AAEC"],
    [
      { arrayValue: { values: [{ stringValue: "a" }, {}, { boolValue: true }] } },
      ["a", null, true],
    ],
    [{ arrayValue: {} }, []],
    [
      { kvlistValue: { values: [{ key: "a", value: { intValue: 1 } }, { key: "b" }] } },
      { a: 1, b: null },
    ],
    [{}, null],
    [null, null],
    ["text", null],
    [{ intValue: "1e5" }, null],
    [{ stringValue: 7 }, null],
    [{ newValue: 7 }, null],
  ])("reads the value %j as %j", (anyValue, expected) => {
    expect(value(anyValue)).toEqual(expected);
  });

  it("has the last of two attributes of one key, and any key there can be", () => {
    const attributes = [
      { key: "a", value: { intValue: 1 } },
      { key: "a", value: { intValue: 2 } },
      {
        key: "__proto__",
        value: { kvlistValue: { values: [{ key: "polluted", value: { boolValue: true } }] } },
      },
      { key: "", value: { intValue: 3 } },
      { key: 5, value: { intValue: 3 } },
      "no attribute",
    ];

    const read = readTraces(request({ ...MINIMAL, attributes }))?.spans[0]?.attributes ?? {};

    expect(Object.entries(read)).toEqual([
      ["a", 2],
      ["__proto__", { polluted: true }],
    ]);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("a request of OTLP", () => {
  it.each([[[]], ["text"], [7], [undefined], [{ resourceSpans: "x" }], [{ resourceSpans: {} }]])(
    "that is %j is none",
    (body) => {
      expect(readTraces(body)).toBeUndefined();
    },
  );

  it("without spans has none", () => {
    for (const body of [{}, { resourceSpans: [] }, { resourceSpans: [{}] }, { unknown: 1 }]) {
      expect(readTraces(body)).toEqual({ spans: [], rejected: 0, reason: "" });
    }
  });

  it("keeps what is right beside what is wrong, whatever the types", () => {
    const wrong = [7, "x", null, [], { scopeSpans: 7 }, { scopeSpans: [7, { spans: "x" }] }];
    const spans = [
      null,
      7,
      "x",
      [],
      { ...MINIMAL, attributes: 7, events: "x", links: { a: 1 }, status: [] },
    ];

    const traces = readTraces({
      resourceSpans: [...wrong, { resource: 7, scopeSpans: [{ scope: [], spans }] }],
    });

    expect(traces?.spans).toMatchObject([
      { attributes: {}, events: [], links: [], status: { code: 0 } },
    ]);
    expect(traces?.rejected).toBe(11);
  });
});
