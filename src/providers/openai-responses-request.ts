import { toolChoice } from "../base/tool-choice.ts";
import {
  asText,
  chatMessage,
  contentOf,
  imagePart,
  takableMessage,
  textPart,
  toolAnswer,
  toolCall,
} from "./chat-messages.ts";
import { hostedTools, promptKernel, toolFunction } from "./kernel.ts";
import { openaiProvider, PER_CALL } from "./openai-parameters.ts";
import { asObject, asObjects, asString, type Data, unlessEmpty, without } from "./own-data.ts";
import type { ProviderRequest } from "./provider-reading.ts";

/** Of the body, what has a place of its own. */
const READ = [
  ...["model", "input", "instructions", "stream", "temperature", "top_p", "max_output_tokens"],
  ...["text", "reasoning", "tools", "tool_choice", "prompt"],
];

/** A request for a response. */
export function readResponsesRequest(url: URL, body: Data): ProviderRequest {
  const providerName = openaiProvider(url);
  const model = asString(body.model);
  const tools = asObjects(body.tools);
  const isOwn = ({ type }: Data): boolean => type === "function" || type === "custom";
  const hosted = tools.filter((tool) => !isOwn(tool));
  const text = asObject(body.text) ?? {};
  const reasoning = asObject(body.reasoning) ?? {};
  // A template that OpenAI keeps: its variables are this call's.
  const template = asObject(body.prompt);
  return {
    operation: "chat",
    providerName,
    model,
    kernel: promptKernel({
      model,
      providerName,
      parameters: {
        temperature: body.temperature,
        top_p: body.top_p,
        max_tokens: body.max_output_tokens,
        response_format: responseFormat(text.format),
        reasoning_effort: reasoning.effort,
      },
      tools: tools.filter(isOwn).flatMap((tool) => toolFunction(tool)),
      other: {
        ...without(body, [...READ, ...PER_CALL]),
        reasoning: unlessEmpty(without(reasoning, ["effort"])),
        text: unlessEmpty(without(text, ["format"])),
        prompt: template && without(template, ["variables"]),
        hosted_tools: hostedTools(hosted),
      },
    }),
    messages: [...instructions(body.instructions), ...inputMessages(body.input)],
    inputs: asObject(template?.variables),
    toolChoice: toolChoice(body.tool_choice),
    isStream: body.stream === true,
  };
}

/** As a chat completion is asked for it. */
function responseFormat(value: unknown): Data | undefined {
  const format = asObject(value);
  if (format === undefined || format.type === "text") return undefined;
  const { type, ...schema } = format;
  return type === "json_schema" ? { type, json_schema: without(schema) } : without(format);
}

function instructions(value: unknown): readonly Data[] {
  const text = asString(value);
  return text === undefined ? [] : [chatMessage("system", text)];
}

function inputMessages(input: unknown): readonly Data[] {
  if (typeof input === "string") return [chatMessage("user", input)];
  const messages: Data[] = [];
  for (const item of asObjects(input)) {
    const message = toMessage(item);
    if (message === undefined) continue;
    const last = messages.at(-1);
    // The items of one turn are one message: what the model thought, said and called.
    if (last?.role === "assistant" && message.role === "assistant") {
      messages[messages.length - 1] = joined(last, message);
    } else messages.push(message);
  }
  return messages;
}

/** Texts of several items become parts of one content. */
function joined(first: Data, second: Data): Data {
  const lists: Record<string, unknown> = {};
  for (const key of ["tool_calls", "server_tool_calls"]) {
    const list = [...asObjects(first[key]), ...asObjects(second[key])];
    if (list.length > 0) lists[key] = list;
  }
  const texts = [first.content, second.content].flatMap((content) =>
    typeof content === "string" ? [textPart(content)] : asObjects(content),
  );
  return { ...first, ...second, content: contentOf(texts), ...lists };
}

function toMessage(item: Data): Data | undefined {
  const type = asString(item.type) ?? "message";
  switch (type) {
    case "message":
      return takableMessage({
        role: item.role,
        content: typeof item.content === "string" ? item.content : contentParts(item.content),
      });
    case "function_call":
    case "custom_tool_call":
      return assistant({
        tool_calls: [toolCall(item.call_id, item.name, item.arguments ?? item.input)],
      });
    case "reasoning": {
      const reasoning = thoughts(item);
      return reasoning === "" ? undefined : assistant({ reasoning });
    }
    // Names of items that only OpenAI has.
    case "item_reference":
    case "compaction":
    case "mcp_list_tools":
      return undefined;
    default:
      if (type.endsWith("_output") && item.call_id !== undefined) {
        const isText = typeof item.output === "string" || !Array.isArray(item.output);
        return toolAnswer(item.call_id, isText ? asText(item.output) : contentParts(item.output));
      }
      return assistant({ server_tool_calls: [without(item, ["encrypted_content"])] });
  }
}

/** What a `reasoning` item shows of the thinking, and its summary. */
export function thoughts(item: Data): string {
  const said = asObjects(item.content).concat(asObjects(item.summary));
  return said.map(({ text }) => asString(text) ?? "").join("\n\n");
}

function assistant(more: Data): Data {
  return chatMessage("assistant", null, more);
}

function contentParts(content: unknown): unknown {
  return contentOf(
    asObjects(content).map((part) => {
      const { type, text, image_url, file_id, refusal } = part;
      if (typeof text === "string") return textPart(text);
      if (typeof refusal === "string") return textPart(refusal);
      // A picture that was uploaded has an id alone.
      if (type === "input_image") return imagePart(image_url ?? file_id);
      return asString(type) === undefined ? textPart(part) : part;
    }),
  );
}
