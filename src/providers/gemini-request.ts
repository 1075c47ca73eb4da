import { toolChoice } from "../base/tool-choice.ts";
import { chatMessage, contentOf } from "./chat-messages.ts";
import { readParts } from "./gemini-parts.ts";
import { hostedTools, promptKernel, toolFunction } from "./kernel.ts";
import {
  asObject,
  asObjects,
  asString,
  type Data,
  field,
  snakeCase,
  unlessEmpty,
  without,
} from "./own-data.ts";
import { providerOfHost } from "./provider-hosts.ts";
import type { ProviderRequest } from "./provider-reading.ts";

/** Of the body, what has a place of its own; and what differs from call to call. */
const READ = [
  ...["contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "model"],
  ...["system_instruction", "tool_config", "generation_config", "labels"],
];

/** Of `generationConfig`, what the kernel has fields for. */
const CONFIGURED = [
  ...["temperature", "topP", "maxOutputTokens", "stopSequences", "presencePenalty"],
  ...["frequencyPenalty", "seed", "responseMimeType", "responseSchema", "responseJsonSchema"],
].flatMap((name) => [name, snakeCase(name)]);

/** A request to generate content. */
export function readGeminiRequest(url: URL, body: Data): ProviderRequest {
  const providerName = providerOf(url);
  const model = modelInPath(url);
  const config = asObject(field(body, "generationConfig")) ?? {};
  const tools = asObjects(body.tools);
  const functions = tools.flatMap((tool) => asObjects(field(tool, "functionDeclarations")));
  const hosted = tools
    .map((tool) => without(tool, ["functionDeclarations", "function_declarations"]))
    .filter((tool) => unlessEmpty(tool) !== undefined);
  const calling = asObject(field(asObject(field(body, "toolConfig")), "functionCallingConfig"));
  return {
    operation: "generate_content",
    providerName,
    model,
    kernel: promptKernel({
      model,
      providerName,
      parameters: {
        temperature: config.temperature,
        top_p: field(config, "topP"),
        max_tokens: field(config, "maxOutputTokens"),
        stop: field(config, "stopSequences"),
        presence_penalty: field(config, "presencePenalty"),
        frequency_penalty: field(config, "frequencyPenalty"),
        seed: config.seed,
        response_format: responseFormat(config),
        reasoning_effort: effort(field(config, "thinkingConfig")),
      },
      tools: functions.flatMap((each) =>
        toolFunction(each, field(each, "parametersJsonSchema") ?? each.parameters),
      ),
      other: {
        ...without(body, READ),
        ...without(config, CONFIGURED),
        hosted_tools: hostedTools(hosted),
      },
    }),
    messages: [...systemMessage(body), ...contentsOf(body).flatMap(toMessages)],
    toolChoice: choice(calling),
    isStream: url.pathname.endsWith(":streamGenerateContent"),
  };
}

/** Only Vertex has projects and publishers in its paths. */
function providerOf(url: URL): string {
  if (/\/(?:projects|publishers)\//.test(url.pathname)) return "gcp.vertex_ai";
  return providerOfHost(url) ?? "gcp.gemini";
}

function modelInPath({ pathname }: URL): string | undefined {
  return asString(/([^/]+):\w+$/.exec(pathname)?.[1]);
}

/** As OpenAI's API asks for it. */
function responseFormat(config: Data): Data | undefined {
  const schema = asObject(field(config, "responseJsonSchema") ?? field(config, "responseSchema"));
  if (schema !== undefined) return { type: "json_schema", json_schema: { schema } };
  const isJson = field(config, "responseMimeType") === "application/json";
  return isJson ? { type: "json_object" } : undefined;
}

function effort(thinking: unknown): string | undefined {
  return asString(field(asObject(thinking), "thinkingLevel"))?.toLowerCase();
}

/** One function that must be called is OpenAI's choice of it. */
function choice(calling: Data | undefined): ProviderRequest["toolChoice"] {
  const allowed = field(calling, "allowedFunctionNames");
  const only = Array.isArray(allowed) && allowed.length === 1 ? asString(allowed[0]) : undefined;
  return toolChoice(
    calling?.mode === "ANY" && only ? { name: only } : calling && { mode: calling.mode },
  );
}

function systemMessage(body: Data): readonly Data[] {
  const instruction = field(body, "systemInstruction");
  const { parts } = readParts(partsOf(instruction));
  return parts.length === 0 ? [] : [chatMessage("system", contentOf(parts))];
}

/** A text, one part, or parts in a content; one alone counts as a list of one. */
function partsOf(value: unknown): readonly unknown[] {
  if (typeof value === "string") return [{ text: value }];
  if (Array.isArray(value)) return value;
  const content = asObject(value);
  return content?.parts === undefined ? [content] : partsOf(content.parts);
}

/** One content, or a text, counts as a list of one. */
function contentsOf({ contents }: Data): readonly Data[] {
  if (typeof contents === "string") return [{ role: "user", parts: [{ text: contents }] }];
  return asObjects(Array.isArray(contents) ? contents : [contents]);
}

/** The answers of functions are messages of their own. */
function toMessages(content: Data): readonly Data[] {
  const { parts, toolAnswers, reasoning, ...calls } = readParts(partsOf(content));
  if (toolAnswers.length > 0 && parts.length === 0) return toolAnswers;
  const more = Object.entries({ ...calls, reasoning }).filter(([, value]) => value.length > 0);
  const role = content.role === "model" ? "assistant" : "user";
  return [...toolAnswers, chatMessage(role, contentOf(parts), Object.fromEntries(more))];
}
