import { underPrefix, without } from "./attribute-prefix.ts";
import { asText, asTexts } from "./attribute-values.ts";
import type { DialectReading } from "./dialect-reading.ts";
import type { SpanAttributes } from "./span-attributes.ts";

const SESSION = ["sessionId", "session_id", "conversationId", "threadId", "chatId"] as const;
const USER = ["userId", "user_id", "user"] as const;
const TAKEN: ReadonlySet<string> = new Set([...SESSION, ...USER, "environment", "tags"]);

/**
 * What the program says of its call: the telemetry's metadata, in version 7 the runtime's context. The conversation,
 * user and environment among it go where they belong.
 */
export function aiSdkTelemetry(attributes: SpanAttributes): DialectReading {
  const given = {
    ...underPrefix(attributes.all, "ai.settings.context."),
    ...underPrefix(attributes.all, "ai.telemetry.metadata."),
  };
  const text = (names: readonly string[]): string | undefined =>
    names.map((name) => asText(given[name])).find((value) => value !== undefined);
  const tags = asTexts(given.tags);
  return {
    sessionId: text(SESSION),
    user: text(USER),
    environment: text(["environment"]),
    metadata: without({ ...without(given, TAKEN), ...(tags.length > 0 && { tags }) }),
  };
}
