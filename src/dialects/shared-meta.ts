import {
  ATTR_CACHE_READ_TOKENS,
  ATTR_CACHE_WRITE_TOKENS,
  ATTR_COST,
  ATTR_REASONING_TOKENS,
  ATTR_RESPONSE_MODEL,
  ATTR_TIME_TO_FIRST_CHUNK,
} from "../base/attributes.ts";
import { type JsonText, toJsonText } from "../base/json-text.ts";
import { asNumber, asText } from "./attribute-values.ts";
import { scalarText } from "./field-writer.ts";

/**
 * The parts of `metadata.flowspan` that stand in `gen_ai.*` attributes, which our own wrappers
 * and other instrumentations write alike.
 */
export function readSharedMeta(
  attributes: Readonly<Record<string, unknown>>,
): Record<string, JsonText> {
  const meta: Record<string, JsonText> = {};
  const usage = readUsageParts(attributes);
  if (usage !== undefined) meta.usage = toJsonText(usage);
  const seconds = asNumber(attributes[ATTR_TIME_TO_FIRST_CHUNK]);
  if (seconds !== undefined) meta.time_to_first_token_seconds = toJsonText(seconds);
  const responseModel = asText(attributes[ATTR_RESPONSE_MODEL]);
  if (responseModel !== undefined) meta.response_model = scalarText(responseModel);
  return meta;
}

/** The parts of the usage that the Log API has no field for; `undefined` when there are none. */
function readUsageParts(
  attributes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, number>> | undefined {
  const cached = cacheReadTokens(attributes);
  const cacheWrite = cacheWriteTokens(attributes);
  const reasoning = asNumber(attributes[ATTR_REASONING_TOKENS]);
  const totalCost = asNumber(attributes[ATTR_COST]);
  const parts = {
    ...(cached !== undefined && { cached }),
    ...(cacheWrite !== undefined && { cache_write: cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
    ...(totalCost !== undefined && { total_cost: totalCost }),
  };
  return Object.keys(parts).length > 0 ? parts : undefined;
}

/** Tokens that were read from a provider's cache. */
function cacheReadTokens(attributes: Readonly<Record<string, unknown>>): number | undefined {
  return asNumber(attributes[ATTR_CACHE_READ_TOKENS]);
}

/** Tokens that were written to a provider's cache; the key's older name is in use too. */
function cacheWriteTokens(attributes: Readonly<Record<string, unknown>>): number | undefined {
  return (
    asNumber(attributes[ATTR_CACHE_WRITE_TOKENS]) ??
    asNumber(attributes["gen_ai.usage.cache_creation.input_tokens"])
  );
}
