import { toolChoice } from "../base/tool-choice.ts";
import { readBlocks, readTurn } from "./anthropic-blocks.ts";
import { chatMessage, contentOf } from "./chat-messages.ts";
import { hostedTools, promptKernel, toolFunction } from "./kernel.ts";
import { asObject, asObjects, asString, type Data, unlessEmpty, without } from "./own-data.ts";
import { providerOfHost } from "./provider-hosts.ts";
import type { ProviderRequest } from "./provider-reading.ts";

/** Of the body, what has a place of its own; and what differs from call to call. */
const READ = [
  ...["model", "messages", "system", "max_tokens", "temperature", "top_p", "stop_sequences"],
  ...["tools", "tool_choice", "stream", "output_config", "output_format", "mcp_servers"],
  ...["anthropic_version", "metadata", "container", "cache_control", "user_profile_id"],
];

/** A request for a message. */
export function readAnthropicRequest(url: URL, body: Data): ProviderRequest {
  const providerName = providerOf(url);
  const model = asString(body.model) ?? modelInPath(url);
  const tools = asObjects(body.tools);
  const isOwn = (tool: Data): boolean => tool.input_schema !== undefined || tool.type === "custom";
  const hosted = tools.filter((tool) => !isOwn(tool));
  const config = asObject(body.output_config) ?? {};
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
        max_tokens: body.max_tokens,
        stop: body.stop_sequences,
        response_format: responseFormat(config.format ?? body.output_format),
        reasoning_effort: config.effort,
      },
      tools: tools.filter(isOwn).flatMap((tool) => toolFunction(tool, tool.input_schema)),
      other: {
        ...without(body, READ),
        output_config: unlessEmpty(without(config, ["format", "effort"])),
        mcp_servers: hostedTools(asObjects(body.mcp_servers)),
        hosted_tools: hostedTools(hosted),
      },
    }),
    messages: [...systemMessage(body.system), ...asObjects(body.messages).flatMap(toMessages)],
    toolChoice: toolChoice(body.tool_choice),
    isStream: body.stream === true || /:streamRawPredict$|-response-stream$/.test(url.pathname),
  };
}

/** By the paths that only the clouds have, else by the host; any other host speaks for Anthropic. */
function providerOf(url: URL): string {
  if (url.pathname.endsWith("awPredict")) return "gcp.vertex_ai";
  if (/\/invoke/.test(url.pathname)) return "aws.bedrock";
  return providerOfHost(url) ?? "anthropic";
}

/** `.../models/MODEL:rawPredict`, `/model/MODEL/invoke`. */
function modelInPath({ pathname }: URL): string | undefined {
  const name = /\/models?\/([^/:]+(?::\d+)?)[:/]\D/.exec(pathname)?.[1];
  return name && decoded(name);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As OpenAI's API asks for it. */
function responseFormat(value: unknown): Data | undefined {
  const format = asObject(value);
  if (format?.type !== "json_schema") return format;
  return { type: "json_schema", json_schema: without(format, ["type"]) };
}

function systemMessage(system: unknown): readonly Data[] {
  const content = contentOf(readBlocks(system).parts);
  return content === null || content === "" ? [] : [chatMessage("system", content)];
}

/** A turn's answers of tools are messages of their own, and come before what the user says. */
function toMessages(message: Data): readonly Data[] {
  const { parts, toolAnswers, reasoning, ...calls } = readTurn(message.content);
  const isAnswerAlone = toolAnswers.length > 0 && parts.length === 0;
  if (isAnswerAlone) return toolAnswers;
  const role = message.role === "assistant" || message.role === "system" ? message.role : "user";
  const more = Object.entries({ ...calls, reasoning }).filter(([, value]) => value.length > 0);
  return [...toolAnswers, chatMessage(role, contentOf(parts), Object.fromEntries(more))];
}
