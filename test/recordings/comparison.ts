import { createHash } from "node:crypto";
import type { CapturedLog } from "../../src/testing/index.ts";
import type { RecordedCall, RecordedToolCall } from "./recordings.ts";

/** One call's values under the names of the log, `undefined` where there is none. */
export interface Fields {
  readonly response_model?: unknown;
  readonly finish_reason?: unknown;
  /** The first 16 hex digits of its SHA-256. */
  readonly text?: unknown;
  readonly tool_calls?: unknown;
  readonly prompt_tokens?: unknown;
  readonly output_tokens?: unknown;
  /** The parts of the usage, from the metadata; none and zero are the same. */
  readonly cached?: unknown;
  readonly cache_write?: unknown;
  readonly reasoning?: unknown;
  readonly error?: unknown;
}

/** What a log of the recorded call has to say. */
export function expectedFields({ provider, api, expected }: RecordedCall): Fields {
  const error = expected.error ?? expected.stream_error;
  if (error !== undefined) return { error: error.message };
  const { input, output, cached_input, cache_creation, reasoning } = expected.usage ?? {};
  // Anthropic counts what its cache reads and writes apart, Gemini what it thinks.
  const isApart = provider === "anthropic";
  const thinksApart = provider === "google";
  const finishReason = expected.finish_reasons?.[0] ?? undefined;
  return {
    response_model: expected.model ?? undefined,
    // A number, where Gemini was asked for enumerations as numbers.
    finish_reason: finishReason === undefined ? undefined : String(finishReason),
    text: api === "embeddings" ? undefined : expected.text_sha256,
    tool_calls: (expected.tool_calls ?? []).map(toComparable),
    prompt_tokens: isApart ? sum(input, cached_input, cache_creation) : input,
    output_tokens: thinksApart ? sum(output, reasoning) : output,
    cached: cached_input || undefined,
    cache_write: cache_creation || undefined,
    reasoning: reasoning || undefined,
  };
}

/** What the log says, under the same names. */
export function foundFields(log: CapturedLog, call: RecordedCall): Fields {
  const { error, stream_error } = call.expected;
  const message = (error ?? stream_error)?.message;
  if (message !== undefined) {
    return { error: String(log.error).includes(message) ? message : log.error };
  }
  const said = log.output_message as Message | undefined;
  const { flowspan = {} } = (log.metadata ?? {}) as { flowspan?: OwnMetadata };
  const { cached, cache_write, reasoning, prompt_tokens } = flowspan.usage ?? {};
  // A part that the recording's own reading does not know can't be compared.
  const known = call.expected.usage ?? {};
  return {
    response_model: flowspan.response_model,
    finish_reason: log.finish_reason,
    text: call.api === "embeddings" ? undefined : hash(textOf(said?.content)),
    tool_calls: (said?.tool_calls ?? []).map(({ id, function: called }) =>
      toComparable({ id, ...called }),
    ),
    // A Tool has no field for them.
    prompt_tokens: log.prompt_tokens ?? prompt_tokens,
    output_tokens: log.output_tokens,
    cached: (known.cached_input !== undefined && cached) || undefined,
    cache_write: (known.cache_creation !== undefined && cache_write) || undefined,
    reasoning: (known.reasoning !== undefined && reasoning) || undefined,
    // Of a failed response the recording's own reading keeps the status alone.
    error: log.finish_reason === "failed" ? undefined : log.error,
  };
}

/** Which fields are right, of those that either side has. */
export function compareFields(expected: Fields, found: Fields): { right: number; wrong: string[] } {
  const names = Object.keys({ ...found, ...expected }) as (keyof Fields)[];
  const wrong: string[] = [];
  let right = 0;
  for (const name of names) {
    const [want, have] = [JSON.stringify(expected[name]), JSON.stringify(found[name])];
    if (want === undefined && have === undefined) continue;
    if (want === have) right++;
    else wrong.push(`${name}: expected ${want}, got ${have}`);
  }
  return { right, wrong };
}

/** Right fields of all, by provider and API. */
export class FieldTally {
  readonly #rows = new Map<string, { calls: number; right: number; all: number }>();

  add({ provider, api }: RecordedCall, result: { right: number; wrong: readonly string[] }): void {
    const key = `${provider} ${api}`;
    const row = this.#rows.get(key) ?? { calls: 0, right: 0, all: 0 };
    this.#rows.set(key, row);
    row.calls++;
    row.right += result.right;
    row.all += result.right + result.wrong.length;
  }

  /** One line each, the sum last. */
  toString(): string {
    const rows = [...this.#rows];
    const sums = rows.reduce(
      (sum_, [, { calls, right, all }]) => ({
        calls: sum_.calls + calls,
        right: sum_.right + right,
        all: sum_.all + all,
      }),
      { calls: 0, right: 0, all: 0 },
    );
    return [...rows, ["all", sums] as const]
      .map(
        ([name, { calls, right, all }]) =>
          `${name.padEnd(36)} ${String(right).padStart(4)} of ${String(all).padStart(4)} fields right, ${calls} calls`,
      )
      .join("\n");
  }
}

interface Message {
  readonly content?: unknown;
  readonly tool_calls?: readonly {
    readonly id?: string;
    readonly function: { readonly name: string; readonly arguments: unknown };
  }[];
}

interface OwnMetadata {
  readonly response_model?: string;
  readonly usage?: Readonly<Record<string, number>>;
}

/** A content's text: itself, or its text parts one after the other. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return (content as readonly { type?: string; text?: string }[])
    .map(({ type, text }) => (type === "text" ? (text ?? "") : ""))
    .join("");
}

/** Arguments as what they say: some providers give an object, some its JSON text. */
function toComparable({ id, name, arguments: args }: RecordedToolCall): unknown {
  // Gemini's calls have none.
  return { id: id || undefined, name, arguments: parsed(args) };
}

function parsed(value: unknown): unknown {
  try {
    return typeof value === "string" ? (JSON.parse(value) as unknown) : value;
  } catch {
    return value;
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function sum(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}
