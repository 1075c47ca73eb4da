import type { LogType } from "../base/log-types.ts";
import type { SpanView } from "../base/span-view.ts";
import type { ChatMessage } from "./chat-messages.ts";

/** How spans of one convention are read. Pure: no clock, no environment. */
export interface Dialect {
  /**
   * The first segments of its attribute names: `gen_ai` for `gen_ai.request.model`, the whole name
   * where it has no dot. Only a span that has one of them, or a joined log record, is shown to it.
   */
  readonly roots: readonly string[];
  /**
   * What it says of the span; `undefined` when the span does not speak this dialect. One that throws is passed over.
   */
  read(span: SpanView): DialectReading | undefined;
}

/**
 * What one dialect says of a span, in plain values that nobody has encoded, masked or normalised
 * yet. What it does not say is left out, so that another dialect that the same span speaks can
 * say it.
 */
export interface DialectReading {
  /** `"none"`: the dialect knows the span, and it is no log. */
  readonly kind?: LogType | "none" | undefined;
  /**
   * True for exactly one call of a model: it carries its own usage and nobody else's. Default:
   * true for a Prompt.
   */
  readonly inference?: boolean | undefined;
  /** `chat`, `execute_tool` ...: the last part of a made path. */
  readonly operation?: string | undefined;
  /** What the span calls its agent, workflow, function, tool or prompt. Never a model or an id. */
  readonly name?: string | undefined;
  /**
   * The request's parameters, by the Log API's names or by any provider's usual ones (`maxTokens`, `topP`); `model`,
   * `provider` by any name, `tools` in any provider's shape. `other` and `attributes` are merged key by key.
   */
  readonly kernel?: Readonly<Record<string, unknown>> | undefined;
  readonly responseModel?: string | undefined;
  readonly responseId?: string | undefined;
  readonly messages?: readonly ChatMessage[] | undefined;
  readonly outputMessage?: ChatMessage | undefined;
  /** An object; any other value becomes `{ "input": value }`. */
  readonly inputs?: unknown;
  /** Text, or any value that becomes JSON text. */
  readonly output?: unknown;
  /** The tool that ran. */
  readonly tool?: DialectTool | undefined;
  readonly toolChoice?: unknown;
  /** By any provider's words. */
  readonly finishReason?: string | undefined;
  /** The whole prompt; where the cached tokens are more than that, they are added. */
  readonly promptTokens?: number | undefined;
  /** Everything generated, reasoning included. */
  readonly outputTokens?: number | undefined;
  readonly cachedTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  /** Further parts of the usage by name, for example `{ audio_input: 3 }`. */
  readonly usageParts?: Readonly<Record<string, number>> | undefined;
  /** Dollars. */
  readonly promptCost?: number | undefined;
  readonly outputCost?: number | undefined;
  /** Dollars for the whole call, where its parts are not known. */
  readonly totalCost?: number | undefined;
  readonly timeToFirstTokenSeconds?: number | undefined;
  readonly error?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly user?: string | undefined;
  readonly environment?: string | undefined;
  /** Goes to the log's `metadata` beside our own key. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Attributes that could not be read (broken or cut JSON, a wrong type), by their names. */
  readonly unreadable?: readonly string[] | undefined;
}

/** A tool by the name that models call it by. */
interface DialectTool {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON schema. */
  readonly parameters?: unknown;
}
