import type { EstimateTokens } from "../base/call-cost.ts";
import type { JsonText } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { calledModel } from "./models.ts";

/** Tokens by the fields that hold them. */
export interface EstimatedUsage {
  readonly prompt_tokens?: number | undefined;
  readonly output_tokens?: number | undefined;
}

/**
 * About how many tokens a streamed call took that told none, as providers do where nobody asks, or
 * where the stream was not read to its end: by the messages and by what came of the answer. Only
 * what was not told is estimated. `undefined` for any other call, for one of no model that is
 * known, and where the content was not recorded.
 */
export function estimateUsage(
  reading: SpanReading,
  span: SpanView,
  estimate: EstimateTokens,
): EstimatedUsage | undefined {
  const { fields, meta } = reading;
  const isTold = fields.prompt_tokens !== undefined && fields.output_tokens !== undefined;
  const isStream = meta.time_to_first_token_seconds !== undefined;
  const answer = fields.output_message ?? fields.output;
  if (isTold || !isStream || answer === undefined || fields.error !== undefined) return undefined;
  if (calledModel(reading, span).models.length === 0) return undefined;
  const estimated = (told: JsonText | undefined, text: JsonText | undefined): number | undefined =>
    told === undefined && text !== undefined ? estimate(wordsOf(text)) : undefined;
  const prompt = estimated(fields.prompt_tokens, fields.messages);
  const output = estimated(fields.output_tokens, answer);
  return prompt === undefined && output === undefined
    ? undefined
    : { prompt_tokens: prompt, output_tokens: output };
}

/** Where a message has its words: not in ids, roles, links and data. */
const SPOKEN: ReadonlySet<string> = new Set([
  "arguments",
  "content",
  "function",
  "name",
  "reasoning",
  "refusal",
  "text",
  "thinking",
  "tool_calls",
]);
/** Messages are not nested deeper; what is may be anything. */
const MAX_DEPTH = 8;

/** What a model reads or writes of a message, of a list of them or of a text. */
function wordsOf(text: JsonText): string {
  const words: string[] = [];
  const collect = (value: unknown, depth: number): void => {
    if (typeof value === "string") words.push(value);
    if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return;
    for (const [key, inner] of Object.entries(value)) {
      if (Array.isArray(value) || SPOKEN.has(key)) collect(inner, depth + 1);
    }
  };
  collect(JSON.parse(text), 0);
  return words.join("\n");
}
