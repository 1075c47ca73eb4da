import type { LogType } from "../base/log-types.ts";
import type { ChatMessage } from "./gen-ai-messages.ts";

/**
 * What one dialect says of a span, in plain values that nobody has encoded or masked yet. What it
 * does not say is left out, so that another dialect that the same span speaks can say it.
 */
export interface DialectReading {
  /** `"none"`: the dialect knows the span, and it is no log. */
  readonly kind?: LogType | "none";
  /** True for exactly one call of a model: it carries its own usage and nobody else's. */
  readonly inference?: boolean;
  /** `chat`, `execute_tool` ...: the last part of a made path. */
  readonly operation?: string;
  /** What the span calls its agent, workflow, function, tool or prompt. Never a model or an id. */
  readonly name?: string;
  /** Parts of a Prompt's kernel by wire name, `model` and `provider` (the Log API's word) included. */
  readonly kernel?: Readonly<Record<string, unknown>>;
  /** A provider that the Log API has no name for. */
  readonly otherProvider?: string;
  readonly responseModel?: string;
  readonly responseId?: string;
  readonly messages?: readonly ChatMessage[];
  readonly outputMessage?: ChatMessage;
  readonly inputs?: unknown;
  /** Text, or any value that becomes JSON text. */
  readonly output?: unknown;
  /** The tool that ran. */
  readonly tool?: { readonly name: string; readonly description?: string };
  readonly toolChoice?: unknown;
  /** By OpenAI's words: `stop`, `length`, `tool_calls` ... */
  readonly finishReason?: string;
  /** The whole prompt, cached tokens included. */
  readonly promptTokens?: number;
  /** Everything generated, reasoning included. */
  readonly outputTokens?: number;
  readonly cachedTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  /** Dollars. */
  readonly promptCost?: number;
  readonly outputCost?: number;
  readonly timeToFirstTokenSeconds?: number;
  readonly error?: string;
  readonly sessionId?: string;
  readonly user?: string;
  readonly environment?: string;
  /** Goes to the log's `metadata` beside our own key. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Attributes that could not be read (broken or cut JSON, a wrong type), by their names. */
  readonly unreadable?: readonly string[];
}
