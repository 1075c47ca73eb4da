import { createHash } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import {
  type BodyReading,
  readProviderBody,
  readProviderRequest,
  startBodyReader,
} from "../../src/providers/index.ts";
import { allInteractions, hasRecordings, type Interaction } from "./recorded-traffic.ts";

/** How a body's text comes: in pieces of one size, of random sizes, or whole. */
const CUTS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  whole: (text) => [text],
  "in single characters": (text) => text.split(""),
  "in random pieces": randomPieces,
};

const interactions = allInteractions();

describe.skipIf(!hasRecordings)("recorded answers of every provider", () => {
  const tally = new Map<string, { right: number; all: number }>();

  afterAll(() => {
    const lines = [...tally].map(([name, { right, all }]) => `  ${name}: ${right} of ${all}`);
    process.stdout.write(`right fields of all fields, by provider\n${lines.join("\n")}\n`);
  });

  it("are there to be read", () => {
    expect(interactions.length).toBeGreaterThan(80);
  });

  for (const interaction of interactions) {
    for (const [how, cut] of Object.entries(CUTS)) {
      it(`are read right, ${how}: ${interaction.name}`, () => {
        const reader = startBodyReader(interaction.contentType);
        for (const piece of cut(interaction.text)) reader?.add(piece);
        const body = reader?.read() as BodyReading;

        const found = foundFields(interaction, body);
        const expected = expectedFields(interaction);
        const key = `${interaction.provider} ${interaction.api}`;
        const row = tally.get(key) ?? { right: 0, all: 0 };
        tally.set(key, row);
        for (const name of Object.keys(expected) as (keyof Fields)[]) {
          row.all += 1;
          if (JSON.stringify(found[name]) === JSON.stringify(expected[name])) row.right += 1;
        }
        expect(found).toEqual(expected);
      });
    }

    it(`are read alike from the whole text: ${interaction.name}`, () => {
      const { text, contentType } = interaction;

      const body = readProviderBody(text, contentType) as BodyReading;

      expect(foundFields(interaction, body)).toEqual(expectedFields(interaction));
    });

    const { request: asked } = interaction;
    if (asked !== undefined) {
      it(`are of a known request: ${interaction.name}`, () => {
        const { url, body } = asked;

        const request = readProviderRequest(new URL(url), body);

        // Counting tokens calls no model.
        expect(request === undefined).toBe(interaction.api === "count-tokens");
      });
    }
  }
});

/** One answer's values, under one name each; absent ones are `null`. */
interface Fields {
  readonly model: unknown;
  readonly id: unknown;
  readonly finishReason: unknown;
  readonly text: unknown;
  readonly chars: unknown;
  readonly toolCalls: unknown;
  readonly promptTokens: unknown;
  readonly outputTokens: unknown;
  readonly cached: unknown;
  readonly cacheWrite: unknown;
  readonly reasoning: unknown;
  readonly error: unknown;
}

function foundFields({ expected }: Interaction, { reading = {} }: BodyReading): Fields {
  const message = (reading.outputMessage ?? {}) as {
    content?: unknown;
    tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[];
  };
  const text = textOf(message.content);
  const usage = expected.usage ?? {};
  const part = (known: unknown, found: unknown) => (known === undefined ? null : (found ?? null));
  return {
    model: reading.responseModel ?? null,
    id: reading.responseId ?? null,
    finishReason: reading.finishReason ?? null,
    text: hash(text),
    chars: text.length,
    toolCalls: (message.tool_calls ?? []).map(({ id, function: called }) => [
      id,
      called.name,
      JSON.parse(called.arguments),
    ]),
    promptTokens: reading.promptTokens ?? null,
    outputTokens: reading.outputTokens ?? null,
    // A part that the independent reading does not name cannot be compared.
    cached: part(usage.cached_input, reading.cachedTokens),
    cacheWrite: part(usage.cache_creation, reading.cacheWriteTokens),
    reasoning: part(usage.reasoning, reading.reasoningTokens),
    error: isFailed(expected) ? typeof reading.error : (reading.error ?? null),
  };
}

function expectedFields({ provider, expected }: Interaction): Fields {
  const [reason] = expected.finish_reasons ?? [];
  const { usage = {}, model, response_id, text_sha256, text_chars, tool_calls = [] } = expected;
  const { input, output, cached_input, cache_creation, reasoning } = usage;
  const countsCacheApart = provider === "anthropic";
  const countsThoughtsApart = provider === "google";
  return {
    model: model ?? null,
    id: response_id ?? null,
    finishReason: reason == null ? null : String(reason),
    text: text_sha256 ?? hash(""),
    chars: text_chars ?? 0,
    // Gemini gives its calls no id.
    toolCalls: tool_calls.map((call) => [call.id ?? "", call.name, JSON.parse(call.arguments)]),
    promptTokens: countsCacheApart ? sum(input, cached_input, cache_creation) : (input ?? null),
    outputTokens: countsThoughtsApart ? sum(output, reasoning) : (output ?? null),
    cached: cached_input ?? null,
    cacheWrite: cache_creation ?? null,
    reasoning: reasoning ?? null,
    error: isFailed(expected)
      ? "string"
      : ((expected.error ?? expected.stream_error)?.message ?? null),
  };
}

/** Of a response that failed, the independent reading has the status alone. */
function isFailed({ finish_reasons = [] }: Interaction["expected"]): boolean {
  return finish_reasons[0] === "failed";
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === "string" ? content : "";
  return content.map((part: { text?: string }) => part.text ?? "").join("");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function sum(...counts: readonly (number | undefined)[]): number | null {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}

/** Always the same sizes, from one to about a hundred characters. */
function randomPieces(text: string): readonly string[] {
  const pieces: string[] = [];
  let state = 7;
  for (let at = 0; at < text.length; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const size = 1 + (state % 97);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}
