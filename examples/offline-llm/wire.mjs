import { randomUUID } from "node:crypto";

/**
 * The one model there is, whichever a request names. Every answer carries this name: it extracts, it is no language
 * model.
 */
export const MODEL = "extractive-offline";

/** An answer other than 200, in OpenAI's shape. */
export class WireError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {string} [param] the field of the request that is wrong
   */
  constructor(status, message, param) {
    super(message);
    this.status = status;
    this.body = {
      error: {
        message,
        type: "invalid_request_error",
        param: param ?? null,
        code: null,
      },
    };
  }
}

/**
 * The body of a chat request, or the WireError that says what is wrong with it.
 *
 * @param {string} text
 * @returns {import("./reply.mjs").ChatRequest}
 */
export function readChatRequest(text) {
  const body = parseJson(text);
  if (typeof body?.model !== "string" || body.model === "") {
    throw new WireError(400, "you must provide a model parameter", "model");
  }
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw new WireError(400, "Missing required parameter: 'messages'.", "messages");
  }
  const roles = ["system", "developer", "user", "assistant", "tool"];
  const odd = body.messages.findIndex((message) => !roles.includes(message?.role));
  if (odd >= 0) {
    throw new WireError(400, `Invalid value for 'messages[${odd}].role'.`, `messages[${odd}].role`);
  }
  if (body.n !== undefined && body.n !== 1) {
    throw new WireError(400, "'n' must be 1: the same request always gets the same answer.", "n");
  }
  return body;
}

/**
 * @param {string} text
 * @returns {import("./reply.mjs").ChatRequest | null}
 */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireError(400, "We could not parse the JSON body of your request.");
  }
}

/**
 * The answer of a request without `stream`.
 *
 * @param {import("./reply.mjs").Reply} reply
 * @param {object} usage
 */
export function toCompletion(reply, usage) {
  const message = {
    role: "assistant",
    content: reply.content,
    refusal: null,
    ...(reply.toolCalls.length > 0 && { tool_calls: reply.toolCalls }),
  };
  return {
    ...envelope("chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: reply.finishReason }],
    usage,
  };
}

/**
 * The same answer as the chunks of a stream: the role, the text or the tool calls in pieces, the finish reason, and
 * the usage where it was asked for.
 *
 * @param {import("./reply.mjs").Reply} reply
 * @param {object | undefined} usage
 */
export function* toChunks(reply, usage) {
  const head = envelope("chat.completion.chunk");
  const chunk = (
    /** @type {object} */ delta,
    /** @type {string | null} */ finishReason = null,
  ) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    ...(usage && { usage: null }),
  });
  yield chunk({ role: "assistant", content: reply.content === null ? null : "", refusal: null });
  for (const piece of piecesOf(reply.content ?? "")) yield chunk({ content: piece });
  for (const [index, call] of reply.toolCalls.entries()) {
    yield chunk({
      tool_calls: [{ ...call, index, function: { name: call.function.name, arguments: "" } }],
    });
    for (const piece of piecesOf(call.function.arguments)) {
      yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  yield chunk({}, reply.finishReason);
  if (usage) yield { ...head, choices: [], usage };
}

/** A list of the one model. */
export function toModelList() {
  return {
    object: "list",
    data: [{ id: MODEL, object: "model", created: 0, owned_by: "flowspan-examples" }],
  };
}

/** @param {string} object */
function envelope(object) {
  return {
    id: `chatcmpl-${randomUUID()}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: MODEL,
  };
}

/** @param {string} text a few words at a time */
export function piecesOf(text) {
  return text.match(/(?:\S+\s*){1,3}/g) ?? [];
}
