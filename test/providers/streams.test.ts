import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMessage } from "../../src/base/chat-message.ts";
import {
  type ProviderReading,
  readProviderResponse,
  type StreamReader,
  startBodyReader,
  startProviderStream,
} from "../../src/providers/index.ts";
import { SMALL_STREAMS } from "./small-streams.ts";

const streams = Object.entries(SMALL_STREAMS);

function readAll(chunks: readonly unknown[]): StreamReader | undefined {
  const [first, ...rest] = chunks;
  const reader = startProviderStream(first);
  for (const chunk of rest) reader?.add(chunk);
  return reader;
}

function textOf({ outputMessage, output }: ProviderReading): string {
  const content = outputMessage?.content ?? output ?? "";
  return typeof content === "string" ? content : "not a text";
}

describe.each(streams)("a stream of %s", (name, { chunks, reading }) => {
  it("is put together from its chunks", () => {
    expect(readAll(chunks)?.reading()).toEqual(reading);
  });

  it("is put together as a response that reads the same", () => {
    // The AI SDK's results are what its own functions return.
    if (name === "ai sdk") return;

    expect(readProviderResponse(readAll(chunks)?.response())).toEqual(reading);
  });

  it("changes no chunk, which are the caller's", () => {
    const before = structuredClone(chunks);

    readAll(chunks)?.reading();

    expect(chunks).toEqual(before);
  });

  it("says, cut after any chunk, a part of the text", () => {
    const whole = textOf(reading as ProviderReading);

    const texts = chunks.map((_, index) => {
      const reader = readAll(chunks.slice(0, index + 1));
      return textOf(reader?.reading() as ProviderReading);
    });

    // The step that calls tools has a text of its own.
    const own = texts.filter((text) => text !== "An earlier step.");
    for (const text of own) expect(whole.startsWith(text)).toBe(true);
    expect(texts.at(-1)).toBe(whole);
  });

  it("says, cut at any character of its events, a part of the text", () => {
    if (name === "ai sdk" || name === "bedrock converse") return;
    const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
    const whole = textOf(reading as ProviderReading);

    fc.assert(
      fc.property(fc.nat(body.length), (length) => {
        const reader = startBodyReader("text/event-stream; charset=utf-8");
        reader?.add(body.slice(0, length));
        const found = reader?.read().reading;
        expect(whole.startsWith(textOf(found ?? {}))).toBe(true);
      }),
    );
  });

  it("takes any JSON value in a chunk's place, or in a place of a chunk", () => {
    const odd = fc.tuple(fc.nat(chunks.length - 1), fc.nat(30), fc.jsonValue());

    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed: unknown[] = structuredClone([...chunks]);
        for (const [at, place, value] of changes) changed[at] = putAt(changed[at], place, value);
        const said = readAll(changed)?.reading();
        if (said?.outputMessage !== undefined) expect(isMessage(said.outputMessage)).toBe(true);
        for (const tokens of [said?.promptTokens, said?.outputTokens, said?.cachedTokens]) {
          expect(tokens === undefined || tokens >= 0).toBe(true);
        }
        expect(["string", "undefined"]).toContain(typeof said?.error);
      }),
      { numRuns: 300 },
    );
  });

  it("passes over what is nothing like a chunk", () => {
    const reader = readAll(chunks);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const getter = {
      get type(): string {
        throw new Error("looked at");
      },
    };

    for (const odd of [proxy, getter, [proxy], { choices: [proxy] }, Symbol("x"), () => 1, 5n]) {
      reader?.add(odd);
    }

    expect(reader?.reading()).toEqual(reading);
  });
});

describe("any value at all", () => {
  it("is no provider's response, and makes no reader throw", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withSparseArray: true }), (value) => {
        readProviderResponse(value);
        startProviderStream(value)?.reading();
      }),
    );
  });

  it("may be any text of any type of body", () => {
    const types = ["application/json", "text/event-stream", "application/x-ndjson"];

    fc.assert(
      fc.property(fc.constantFrom(...types), fc.array(fc.string()), (type, pieces) => {
        const reader = startBodyReader(type, 50);
        for (const piece of pieces) reader?.add(piece);
        expect(reader?.read()).toBeDefined();
      }),
    );
  });
});

/** The value with another one at its n-th place, counted through all of its depth. */
function putAt(value: unknown, place: number, other: unknown): unknown {
  let left = place;
  const put = (at: unknown): unknown => {
    if (left-- === 0) return other;
    if (Array.isArray(at)) return at.map(put);
    if (typeof at !== "object" || at === null) return at;
    return Object.fromEntries(Object.entries(at).map(([key, each]) => [key, put(each)]));
  };
  return put(value);
}
