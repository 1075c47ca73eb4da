import {
  argumentsText,
  dataUrl,
  imagePart,
  textPart,
  toolAnswer,
  toolCall,
} from "./chat-messages.ts";
import { asObject, asObjects, asString, type Data, without } from "./own-data.ts";

/** A message's content blocks, by what they are in OpenAI's shape. */
export interface BlocksReading {
  /** Text, pictures, and whatever else is said or shown. */
  readonly parts: readonly Data[];
  readonly tool_calls: readonly Data[];
  /** What Anthropic ran itself, each with what it gave. */
  readonly server_tool_calls: readonly Data[];
  readonly reasoning: string;
  /** What the caller's tools gave: messages of their own. */
  readonly toolAnswers: readonly Data[];
}

/** Blocks that say nothing to a reader: thinking in cipher, and that another model answers now. */
const UNSAID: ReadonlySet<string> = new Set(["redacted_thinking", "fallback"]);

/** Reads a message's `content`, a text or a list of blocks. */
export function readBlocks(content: unknown): Omit<BlocksReading, "toolAnswers"> {
  const { toolAnswers: _, ...said } = readTurn(content);
  return said;
}

/** The same of a message in a request, with the answers of tools. */
export function readTurn(content: unknown): BlocksReading {
  const parts: Data[] = [];
  const calls: Data[] = [];
  const hosted = new Map<unknown, Data>();
  const thoughts: string[] = [];
  const toolAnswers: Data[] = [];
  if (typeof content === "string") parts.push(textPart(content));
  for (const block of asObjects(content)) {
    const type = asString(block.type) ?? "";
    if (type === "text") parts.push(textPart(block.text));
    else if (type === "thinking") thoughts.push(asString(block.thinking) ?? "");
    else if (type === "tool_use") {
      calls.push(toolCall(block.id, block.name, argumentsText(block.input)));
    } else if (type === "tool_result") toolAnswers.push(toolResult(block));
    else if (type === "server_tool_use" || type === "mcp_tool_use") hosted.set(block.id, block);
    else if (type.endsWith("_tool_result")) {
      const call = hosted.get(block.tool_use_id) ?? { id: block.tool_use_id, type };
      hosted.set(block.tool_use_id, { ...call, result: resultOf(block.content) });
    } else if (!UNSAID.has(type)) parts.push(otherPart(block));
  }
  return {
    parts,
    tool_calls: calls,
    server_tool_calls: [...hosted.values()],
    reasoning: thoughts.join("\n\n"),
    toolAnswers,
  };
}

function toolResult(block: Data): Data {
  const { parts } = readTurn(block.content);
  const [only] = parts;
  const isText = parts.length === 1 && only?.type === "text";
  const content = isText ? only.text : parts;
  return toolAnswer(block.tool_use_id, content, { is_error: block.is_error || undefined });
}

/** What only Anthropic can read is left out. */
function resultOf(content: unknown): unknown {
  if (Array.isArray(content)) return asObjects(content).map(resultOf);
  const result = asObject(content);
  return result === undefined
    ? content
    : without(result, ["encrypted_content", "encrypted_stdout"]);
}

function otherPart(block: Data): Data {
  const { cache_control: _, ...part } = block;
  const source = asObject(block.source);
  if (block.type === "image" && source !== undefined) {
    return imagePart(
      source.type === "base64"
        ? dataUrl(source.media_type, source.data)
        : (source.url ?? source.file_id),
    );
  }
  return asString(block.type) === undefined ? textPart(part) : without(part);
}
