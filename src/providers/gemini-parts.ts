import {
  argumentsText,
  asText,
  dataUrl,
  imagePart,
  textPart,
  toolAnswer,
  toolCall,
} from "./chat-messages.ts";
import { asObject, asObjects, asString, type Data, field } from "./own-data.ts";

/** A content's parts, by what they are in OpenAI's shape. */
export interface PartsReading {
  readonly parts: readonly Data[];
  readonly tool_calls: readonly Data[];
  /** Code that the model ran, with what it gave. */
  readonly server_tool_calls: readonly Data[];
  readonly reasoning: string;
  /** What the caller's functions gave: messages of their own. */
  readonly toolAnswers: readonly Data[];
}

/** Reads the parts of one content. */
export function readParts(value: unknown): PartsReading {
  const parts: Data[] = [];
  const calls: Data[] = [];
  const hosted: Data[] = [];
  const toolAnswers: Data[] = [];
  let reasoning = "";
  for (const part of asObjects(value)) {
    const call = asObject(field(part, "functionCall"));
    const given = asObject(field(part, "functionResponse"));
    const code = asObject(field(part, "executableCode"));
    const result = asObject(field(part, "codeExecutionResult"));
    if (typeof part.text === "string") {
      if (part.thought === true) reasoning += part.text;
      else parts.push(textPart(part.text));
    } else if (call !== undefined) {
      calls.push(toolCall(call.id, call.name, argumentsText(call.args)));
    } else if (given !== undefined) {
      const name = asString(given.name);
      toolAnswers.push(toolAnswer(given.id, asText(given.response ?? ""), { name }));
    } else if (code !== undefined) hosted.push({ type: "code_execution", ...code });
    else if (result !== undefined) hosted.push({ ...hosted.pop(), type: "code_execution", result });
    else parts.push(...mediaPart(part));
  }
  return { parts, tool_calls: calls, server_tool_calls: hosted, reasoning, toolAnswers };
}

function mediaPart(part: Data): readonly Data[] {
  const inline = asObject(field(part, "inlineData"));
  const file = asObject(field(part, "fileData"));
  const mediaType = asString(field(inline ?? file, "mimeType"));
  if (inline !== undefined) {
    const url = dataUrl(mediaType, inline.data);
    return [mediaType?.startsWith("image/") ? imagePart(url) : fileOf(url)];
  }
  const uri = asString(field(file, "fileUri"));
  if (uri === undefined) return [];
  return [mediaType?.startsWith("image/") ? imagePart(uri) : fileOf(uri)];
}

/** Sound, film and documents by their URL. */
function fileOf(url: string): Data {
  return { type: "file", file: { file_data: url } };
}
