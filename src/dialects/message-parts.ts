import { asList, asObject, asStructure, asText } from "./attribute-values.ts";
import { jsonText } from "./json-of.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One part of a message's content, whoever's shape it came in. */
export type MessagePart =
  | { readonly kind: "text"; readonly text: string }
  /** An image, or what has no other shape here: a content part for the Log API. */
  | { readonly kind: "other"; readonly content: unknown }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "call"; readonly call: unknown }
  | {
      readonly kind: "answer";
      readonly id: string;
      readonly name: string | undefined;
      readonly content: string;
    };

/** The parts of a message's content: a text, a list of parts, or one part. */
export function messageParts(content: unknown): MessagePart[] {
  if (content === undefined || content === null) return [];
  return (Array.isArray(content) ? content : [content]).flatMap(readPart);
}

/** Kinds of parts that nobody's prose would be JSON of. */
const WRITTEN_PARTS: ReadonlySet<unknown> = new Set([
  "function",
  "image",
  "image_url",
  "input_text",
  "output_text",
  "reasoning",
  "text",
  "thinking",
  "tool-call",
  "tool-result",
  "tool_call",
  "tool_call_response",
  "tool_result",
  "tool_use",
]);

/**
 * A message's content, where its parts were written as JSON text into a string. Any other content
 * stays as it is.
 */
export function writtenParts(content: unknown): unknown {
  if (typeof content !== "string" || !/^\s*\[\s*\{/.test(content)) return content;
  const parts = asList(asStructure(content));
  const isParts = parts.every((part) => WRITTEN_PARTS.has(asObject(part)?.type));
  return isParts && parts.length > 0 ? parts : content;
}

const KEYED_PARTS: ReadonlySet<string> = new Set([
  "cachePoint",
  "document",
  "guardContent",
  "image",
  "reasoningContent",
  "text",
  "toolResult",
  "toolUse",
  "video",
]);

/** A message's content, where it is the JSON text of Bedrock's parts, which are named by their one key. */
export function keyedParts(content: unknown): unknown {
  if (typeof content !== "string" || !/^\s*\[\s*\{/.test(content)) return content;
  const parts = asList(asStructure(content));
  const isParts = parts.every((part) => {
    const [key, another] = Object.keys(asObject(part) ?? {});
    return key !== undefined && another === undefined && KEYED_PARTS.has(key);
  });
  return isParts && parts.length > 0 ? parts : content;
}

function readPart(value: unknown): readonly MessagePart[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "string") return [{ kind: "text", text: value }];
  const part = asObject(value);
  if (part === undefined) return [{ kind: "text", text: jsonText(value) }];
  return (
    readReasoning(part) ??
    readText(part) ??
    readCall(part) ??
    readAnswer(part) ?? [{ kind: "other", content: imagePart(part) ?? part }]
  );
}

const TEXT_TYPES: ReadonlySet<unknown> = new Set([
  undefined,
  "text",
  "input_text",
  "output_text",
  "text_delta",
  "refusal",
]);

function readText(part: Fields): readonly MessagePart[] | undefined {
  if (!TEXT_TYPES.has(part.type)) return undefined;
  const text = [part.content, part.text, part.refusal].find((each) => typeof each === "string");
  return text === undefined ? undefined : [{ kind: "text", text: text as string }];
}

/** Anthropic's and the AI SDK's thinking, Gemini's thoughts, Bedrock's and OpenAI's reasoning. */
function readReasoning(part: Fields): readonly MessagePart[] | undefined {
  const { type } = part;
  const bedrock = asObject(asObject(part.reasoningContent)?.reasoningText);
  const isReasoning =
    type === "reasoning" ||
    type === "thinking" ||
    type === "Microsoft.Extensions.AI.TextReasoningContent" ||
    part.thought === true;
  if (bedrock === undefined && !isReasoning) return undefined;
  const nested = asObject(part.content)?.text;
  const given = [part.content, part.text, part.thinking, part.reasoning, bedrock?.text, nested];
  const text =
    given.find((each) => asText(each) !== undefined) ??
    [...asList(part.summary), ...asList(part.content)]
      .map((each) => asText(asObject(each)?.text) ?? "")
      .join("\n");
  return text === "" ? [] : [{ kind: "reasoning", text: text as string }];
}

const CALL_TYPES: ReadonlySet<unknown> = new Set([
  "tool_call",
  "tool-call",
  "tool_use",
  "server_tool_call",
  "server_tool_use",
  "function",
  "function_call",
  "custom_tool_call",
]);

function readCall(part: Fields): readonly MessagePart[] | undefined {
  const isCall = CALL_TYPES.has(part.type);
  const nested = part.functionCall ?? part.function_call ?? part.toolUse;
  if (!isCall && nested === undefined) return undefined;
  const found = toolCallPart(nested ?? part.tool_call ?? part);
  return found.length > 0 ? found : undefined;
}

/**
 * A call of a tool in anybody's shape, in OpenAI's. None for what names no tool.
 */
export function toolCallPart(value: unknown): readonly MessagePart[] {
  const outer = asObject(value);
  const call = asObject(outer?.tool_call) ?? outer;
  const called = asObject(call?.function) ?? asObject(call?.server_tool_call) ?? call;
  const name = asText(called?.name) ?? asText(call?.name) ?? asText(call?.toolName);
  if (call === undefined || called === undefined || name === undefined) return [];
  const given =
    called.arguments ?? called.args ?? called.input ?? called.parameters ?? call.arguments ?? {};
  const id = call.call_id ?? call.id ?? call.toolCallId ?? call.toolUseId ?? call.tool_call_id;
  return [
    {
      kind: "call",
      call: {
        id: asText(id) ?? "",
        type: "function",
        function: { name, arguments: jsonText(given) },
      },
    },
  ];
}

const ANSWER_TYPES: ReadonlySet<unknown> = new Set([
  "tool_call_response",
  "tool-result",
  "tool_result",
  "server_tool_call_response",
  "function_call_output",
  "custom_tool_call_output",
]);

function readAnswer(part: Fields): readonly MessagePart[] | undefined {
  const nested = part.functionResponse ?? part.function_response ?? part.toolResult;
  if (!ANSWER_TYPES.has(part.type) && nested === undefined) return undefined;
  const answer = asObject(nested) ?? part;
  const id =
    answer.tool_use_id ??
    answer.toolUseId ??
    answer.toolCallId ??
    answer.tool_call_id ??
    answer.call_id ??
    answer.id;
  // Older writers of OpenTelemetry's own shape call it `result`.
  const content =
    answer.response ??
    answer.result ??
    answer.output ??
    answer.content ??
    answer.server_tool_call_response ??
    "";
  const name = asText(answer.name) ?? asText(answer.toolName);
  return [{ kind: "answer", id: asText(id) ?? "", name, content: answerText(content) }];
}

/** The text where the answer is one, or is made of texts alone; else its JSON. */
function answerText(value: unknown): string {
  const wrapped = asObject(value);
  // The AI SDK says of its outputs what they are.
  const isWrapped = wrapped !== undefined && "value" in wrapped && typeof wrapped.type === "string";
  const content = isWrapped ? wrapped.value : value;
  if (!Array.isArray(content)) return jsonText(content);
  const texts = content.map((part) => {
    const fields = asObject(part);
    const keys = fields === undefined ? 0 : Object.keys(fields).length;
    return fields?.type === "text" || keys === 1 ? asText(fields?.text) : undefined;
  });
  return texts.length > 0 && texts.every((text) => text !== undefined)
    ? texts.join("\n")
    : jsonText(content);
}

/** The image in OpenAI's shape; `undefined` for a part that is none. */
function imagePart(part: Fields): unknown {
  const url = imageUrl(part);
  return url === undefined ? undefined : { type: "image_url", image_url: { url } };
}

function imageUrl(part: Fields): string | undefined {
  // Pydantic AI's older versions say `kind`.
  const { kind, type = kind } = part;
  if (type === "input_image") return asText(part.image_url);
  const source = asObject(part.source) ?? part;
  const inline = asObject(part.inlineData) ?? asObject(part.inline_data) ?? source;
  const mime =
    asText(inline.mime_type) ??
    asText(inline.mimeType) ??
    asText(inline.media_type) ??
    asText(inline.mediaType);
  const isImage =
    type === "image" ||
    type === "image-url" ||
    part.modality === "image" ||
    mime?.startsWith("image/") === true;
  if (!isImage) return undefined;
  const url = asText(source.uri) ?? asText(source.url) ?? asText(part.image) ?? asText(inline.data);
  const data = url ?? asText(part.content);
  if (data === undefined) return undefined;
  // A URL of any scheme, or base64.
  return /^[a-z][a-z+.-]*:/i.test(data) ? data : `data:${mime ?? "image/png"};base64,${data}`;
}
