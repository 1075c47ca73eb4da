import { asList, asObject, asText } from "./attribute-values.ts";
import { type ChatMessage, chatMessage, chatMessages, contentMessages } from "./chat-messages.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { isMessageLike } from "./message-forms.ts";
import { providerUsage } from "./provider-usage.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The answer in an attribute that keeps all that came out of a call: a message, a list of messages (the last one is
 * the answer), a provider's response, or LangChain's result. Anything else is an output.
 *
 * @param isModelCall a lone text is what the assistant says.
 */
export function responsePayload(value: unknown, isModelCall: boolean): DialectReading {
  if (value === undefined || value === null) return {};
  if (typeof value === "string") {
    const [outputMessage] = isModelCall ? contentMessages("assistant", value) : [];
    return outputMessage === undefined ? { output: value } : { outputMessage };
  }
  const last = chatMessages(value)?.at(-1) ?? callsMessage(value);
  if (last !== undefined) return { outputMessage: last };
  // One response in a list, as of the agents SDK.
  const [only, another] = asList(value);
  if (another === undefined && asObject(only) !== undefined) {
    const reading = responsePayload(only, isModelCall);
    return reading.outputMessage === undefined ? { output: value } : reading;
  }
  const body = asObject(value);
  if (body === undefined) return { output: value };
  const found = answerOf(body) ?? unwrapped(body, isModelCall);
  return found === undefined ? { output: value } : { ...found, ...aboutResponse(body) };
}

/** The AI SDK gives an answer that is calls of tools alone as the list of them. */
function callsMessage(value: unknown): ChatMessage | undefined {
  const calls = asList(value).map(asObject);
  const isCalls = calls.length > 0 && calls.every((call) => asText(call?.toolName) !== undefined);
  return isCalls ? chatMessage({ role: "assistant", tool_calls: calls }) : undefined;
}

/** The answer with its finish reason; `undefined` for a body in no known shape. */
function answerOf(body: Fields): DialectReading | undefined {
  // Google's ADK gives the candidate alone.
  const choices = isMessageLike(body.content) ? [body] : asList(body.choices ?? body.candidates);
  const [choice] = choices.map(asObject);
  if (choice !== undefined) {
    const given = choice.message ?? choice.content;
    const text = asText(choice.text);
    const outputMessage =
      text === undefined ? answerMessage(given) : { role: "assistant", content: text };
    // Gemini's may be a number.
    const reason = choice.finish_reason ?? choice.finishReason;
    const finishReason = typeof reason === "number" ? String(reason) : asText(reason);
    return outputMessage === undefined ? undefined : { outputMessage, finishReason };
  }
  const generation = asObject([asList(body.generations)[0]].flat()[0]);
  if (generation !== undefined) {
    const outputMessage = answerMessage(generation.message ?? asText(generation.text));
    const info = asObject(generation.generationInfo) ?? asObject(generation.generation_info);
    const finishReason = asText(info?.finish_reason) ?? asText(info?.finishReason);
    return outputMessage === undefined ? undefined : { outputMessage, finishReason };
  }
  const isMessage = isMessageLike(body) || "tool_calls" in body;
  const outputMessage = isMessage ? answerMessage(body) : undefined;
  return outputMessage && { outputMessage, finishReason: asText(body.stop_reason) };
}

/** Frameworks wrap what a function returned under a name of their own. */
function unwrapped(body: Fields, isModelCall: boolean): DialectReading | undefined {
  for (const name of ["messages", "output", "outputs", "message", "response"]) {
    const inner = body[name];
    if (typeof inner === "string" && !isModelCall) {
      return Object.keys(body).length === 1 ? { output: inner } : undefined;
    }
    const message = chatMessages(inner)?.at(-1) ?? (inner == null ? undefined : named(inner));
    if (message !== undefined) return { outputMessage: message };
  }
  return undefined;
}

function named(value: unknown): ChatMessage | undefined {
  if (typeof value === "string") return contentMessages("assistant", value)[0];
  const fields = asObject(value);
  return fields === undefined ? undefined : (answerOf(fields)?.outputMessage ?? undefined);
}

/** A message whose role its writer may have left out. */
function answerMessage(value: unknown): ChatMessage | undefined {
  if (typeof value === "string") return contentMessages("assistant", value)[0];
  const fields = asObject(value);
  if (fields === undefined) return undefined;
  const isWhole = isMessageLike(fields) && !("parts" in fields);
  return chatMessage(isWhole ? fields : { role: "assistant", ...fields });
}

/** What a provider's response says of itself. */
function aboutResponse(body: Fields): DialectReading {
  const llmOutput = asObject(body.llm_output) ?? asObject(body.llmOutput);
  return {
    responseModel:
      asText(body.model) ??
      asText(body.modelVersion ?? body.model_version) ??
      asText(llmOutput?.model_name),
    responseId: asText(body.id) ?? asText(body.responseId),
    ...providerUsage(
      body.usage ?? body.usageMetadata ?? llmOutput?.token_usage ?? llmOutput?.tokenUsage,
    ),
  };
}
