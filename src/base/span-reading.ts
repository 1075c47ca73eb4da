import type { JsonText } from "./json-text.ts";
import type { LogType, VersionQuery } from "./log-types.ts";

/** What one span says about its log, whatever dialect it speaks. */
export interface SpanReading {
  /** `undefined`: the dialect knows the span, and it is no log. Ancestry passes through it. */
  readonly type: LogType | undefined;
  /** True for a span of our own wrappers. */
  readonly own: boolean;
  /** True for exactly one call of a provider: it carries its own usage and nobody else's. */
  readonly inference: boolean;
  /** Body fields by wire name. */
  readonly fields: Readonly<Record<string, JsonText>>;
  readonly query: VersionQuery;
  /** Parts of `metadata.flowspan` by name: `outcome`, `usage`, `response_model` ... */
  readonly meta: Readonly<Record<string, JsonText>>;
  /** What the span calls its agent, workflow, function or tool: the path when none was recorded. */
  readonly name: string | undefined;
  /** `chat`, `execute_tool` ...: the last part of a made path. */
  readonly operation: string | undefined;
}
