/**
 * Span attribute keys that both the recording and the assembling side read.
 * Fields of the Log API have theirs in `log-fields.ts`.
 */

/** `"flow"`, `"prompt"` or `"tool"`: this span is a log of that type. */
export const ATTR_TYPE = "flowspan.type";
/** Query parameter `version_id`, a string. */
export const ATTR_QUERY_VERSION_ID = "flowspan.query.version_id";
/** Query parameter `environment`, a string. */
export const ATTR_QUERY_ENVIRONMENT = "flowspan.query.environment";
/** `true`: this span is one call of a provider, seen by the fetch hook. */
export const ATTR_CALL = "flowspan.call";
/** An `Outcome`, for example `"aborted"`. */
export const ATTR_OUTCOME = "flowspan.outcome";
/** JSON text: field name to its full size in bytes, for fields that were cut. */
export const ATTR_TRUNCATED = "flowspan.truncated";
/** Dollars for the whole of one call, as the provider names them, for example `0.00042`. */
export const ATTR_COST = "flowspan.cost";
/** What of an answer could not be read, in a few words each: `"usage, item 3"`. */
export const ATTR_UNREADABLE = "flowspan.unreadable";
/** Request model, for example `"gpt-4o"`. */
export const ATTR_REQUEST_MODEL = "gen_ai.request.model";
/** Response model, for example `"gpt-4o-2024-08-06"`. */
export const ATTR_RESPONSE_MODEL = "gen_ai.response.model";
/** The provider's own id of the answer, for example `"chatcmpl-123"`. */
export const ATTR_RESPONSE_ID = "gen_ai.response.id";
/** Seconds from the call to the first piece of a streamed answer. */
export const ATTR_TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
/** Cached part of the prompt's tokens. */
export const ATTR_CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens";
/** Part of the prompt's tokens that was written to a cache. */
export const ATTR_CACHE_WRITE_TOKENS = "gen_ai.usage.cache_write.input_tokens";
/** Reasoning part of the output's tokens. */
export const ATTR_REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens";
/** `chat`, `execute_tool`, `invoke_agent` ... */
export const ATTR_OPERATION_NAME = "gen_ai.operation.name";
/** `openai`, `anthropic` ... */
export const ATTR_PROVIDER_NAME = "gen_ai.provider.name";
/** The resource's service name. */
export const ATTR_SERVICE_NAME = "service.name";
/** JSON text of the input messages in OTel's own form. */
export const ATTR_INPUT_MESSAGES = "gen_ai.input.messages";
/** JSON text of the output messages in OTel's own form. */
export const ATTR_OUTPUT_MESSAGES = "gen_ai.output.messages";
