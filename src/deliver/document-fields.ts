import type { JsonText } from "../base/json-text.ts";
import type { LogType } from "../base/log-types.ts";

type Fields = Readonly<Record<string, JsonText>>;

const SHARED =
  "path id start_time end_time output created_at error provider_latency stdout provider_request " +
  "provider_response inputs source metadata source_datapoint_id user environment save";

/** Body fields of each log endpoint, by the two documents; a Tool's are the shared ones. */
const DOCUMENT_FIELDS: Readonly<Record<LogType, ReadonlySet<string>>> = {
  flow: names(`${SHARED} messages output_message run_id flow`),
  prompt: names(
    `${SHARED} evaluation_id output_message prompt_tokens output_tokens prompt_cost output_cost ` +
      "finish_reason messages tool_choice prompt batches",
  ),
  tool: names(`${SHARED} tool`),
};

/** What names the File or was said at the create: no update carries it. */
const NOT_IN_UPDATES = names("path id save flow prompt tool environment user batches");

/**
 * A log's fields as the documents name them. What they have no name for (a session, for example)
 * goes into `metadata`, so that it is not lost.
 */
export function documentFields(type: LogType, fields: Fields): Fields {
  const known: Record<string, JsonText> = {};
  let more = "";
  for (const [name, text] of Object.entries(fields)) {
    if (DOCUMENT_FIELDS[type].has(name)) known[name] = text;
    else more += `${more && ","}${JSON.stringify(name)}:${text}`;
  }
  if (more !== "") known.metadata = withMore(fields.metadata, more);
  return known;
}

/** The changed fields that an update may carry, by name. */
export function updatedFields(type: LogType, fields: Fields, changed: readonly string[]): Fields {
  const known = documentFields(type, fields);
  const updated: Record<string, JsonText> = {};
  for (const name of changed) {
    const field = DOCUMENT_FIELDS[type].has(name) ? name : "metadata";
    const text = known[field];
    if (text !== undefined && !NOT_IN_UPDATES.has(field)) updated[field] = text;
  }
  return updated;
}

/** Own keys of `metadata` win: in JSON the later of two equal keys counts. */
function withMore(metadata: JsonText | undefined, more: string): JsonText {
  const own = metadata?.startsWith("{") ? metadata.slice(1) : "}";
  return `{${more}${own === "}" ? "" : ","}${own}` as JsonText;
}

function names(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}
