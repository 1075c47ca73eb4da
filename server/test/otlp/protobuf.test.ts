import { describe, expect, it } from "vitest";
import { TRACES_REQUEST } from "../../src/otlp/message-types.ts";
import { decodeRequest, encodeResponse, encodeStatus } from "../../src/otlp/protobuf.ts";
import { readTraces } from "../../src/otlp/read-traces.ts";
import { encodeRequest, otlpTypes, wrapped } from "./otlp-protobuf.ts";

const TRACE = "0123456789abcdef0123456789abcdef";
const SPAN = "0123456789abcdef";
const bytes = (hex: string) => Buffer.from(hex, "hex");
const text = (stringValue: string) => ({ stringValue });
const ignore = () => undefined;
const decodeTraces = (body: Uint8Array, take: (bytes: number) => void) =>
  decodeRequest(body, TRACES_REQUEST, take);

/** What stands for the same request in OTLP/JSON and in protobuf. */
function sample(id: (hex: string) => unknown, data: unknown) {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: text("ü 🎈") }] },
        scopeSpans: [
          {
            scope: { name: "lib", version: "1" },
            spans: [
              {
                traceId: id(TRACE),
                spanId: id(SPAN),
                parentSpanId: id("00000000000000aa"),
                traceState: "a=b",
                name: "n",
                kind: 3,
                flags: 0x301,
                startTimeUnixNano: "1749650492598000001",
                endTimeUnixNano: "1749650492598000002",
                ofTheFuture: "passed over",
                droppedEventsCount: 7,
                attributes: [
                  { key: "text", value: text("x") },
                  { key: "flag", value: { boolValue: true } },
                  { key: "small", value: { intValue: "-5" } },
                  { key: "large", value: { intValue: "9223372036854775807" } },
                  { key: "least", value: { intValue: "-9223372036854775808" } },
                  { key: "half", value: { doubleValue: 0.5 } },
                  {
                    key: "list",
                    value: { arrayValue: { values: [text("a"), { intValue: "1" }] } },
                  },
                  {
                    key: "map",
                    value: { kvlistValue: { values: [{ key: "k", value: { boolValue: false } }] } },
                  },
                  { key: "bytes", value: { bytesValue: data } },
                  { key: "none", value: {} },
                ],
                events: [
                  {
                    timeUnixNano: "1749650492598000003",
                    name: "e",
                    attributes: [{ key: "k", value: text("v") }],
                  },
                ],
                links: [{ traceId: id(TRACE), spanId: id(SPAN), attributes: [] }],
                status: { code: 2, message: "bad" },
              },
            ],
          },
        ],
      },
    ],
  };
}

describe("a request in protobuf", () => {
  it("says what the same one says in JSON", () => {
    const encoded = encodeRequest(sample(bytes, bytes("000102")));

    const read = readTraces(decodeTraces(encoded, ignore));

    expect(read).toEqual(readTraces(sample((hex) => hex, "AAEC")));
    expect(read?.spans[0]?.attributes).toMatchObject({ large: "9223372036854775807", small: -5 });
  });

  it("without any bytes is an empty one", () => {
    expect(readTraces(decodeTraces(Buffer.alloc(0), ignore))?.spans).toEqual([]);
  });

  it("is refused wherever it is cut, and never read as another one", () => {
    const encoded = encodeRequest(sample(bytes, bytes("000102")));

    for (let length = 1; length < encoded.length; length += 1) {
      expect(() => decodeTraces(encoded.subarray(0, length), ignore), String(length)).toThrow();
    }
  });

  it.each([
    ["text", Buffer.from("no protobuf at all, but text")],
    ["JSON", Buffer.from('{"resourceSpans":[]}')],
    ["a field of number 0", Buffer.from([0x00, 0x01])],
    ["a message longer than the body", Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ["a number without end", Buffer.alloc(40, 0xff)],
  ])("is refused where it is %s", (_, body) => {
    expect(() => decodeTraces(body, ignore)).toThrow();
  });

  it("is refused where values nest deeper than readers of protobuf go", () => {
    // Any value, a list, its first value, and so on; around it a span in its scope and resource.
    const nest = (levels: number) => {
      let value: Uint8Array = Buffer.alloc(0);
      for (let level = 0; level < levels; level += 1) value = wrapped(5, wrapped(1, value));
      return wrapped(1, wrapped(2, wrapped(2, wrapped(9, wrapped(2, value)))));
    };

    expect(decodeTraces(nest(40), ignore)).toHaveProperty("resourceSpans");
    expect(() => decodeTraces(nest(60), ignore)).toThrow(/levels/);
    expect(() => decodeTraces(nest(20_000), ignore)).toThrow(/levels/);
  });

  it("tells what it takes in memory as it goes, so that a small body of many messages can be stopped", () => {
    const body = Buffer.alloc(20_000, Buffer.from([0x0a, 0x00]));
    let taken = 0;

    decodeTraces(body, (more) => {
      taken += more;
    });

    expect(taken).toBe(640_000);
    expect(() =>
      decodeTraces(body, () => {
        throw new RangeError("full");
      }),
    ).toThrow("full");
  });
});

describe("an answer in protobuf", () => {
  it("is empty where everything was taken", () => {
    expect(encodeResponse(0, "")).toHaveLength(0);
  });

  it("tells how many spans were refused, and why", () => {
    const answer = otlpTypes.lookupType("Response").decode(encodeResponse(3, "why"));

    expect(answer.toJSON()).toEqual({
      partialSuccess: { rejectedSpans: "3", errorMessage: "why" },
    });
  });

  it("tells of an error as a status", () => {
    const status = otlpTypes.lookupType("RpcStatus").decode(encodeStatus(3, "why"));

    expect(status.toJSON()).toEqual({ code: 3, message: "why" });
  });
});
