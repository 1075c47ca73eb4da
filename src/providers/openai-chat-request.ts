import { toolChoice } from "../base/tool-choice.ts";
import { takableMessages } from "./chat-messages.ts";
import { hostedTools, promptKernel, toolFunction } from "./kernel.ts";
import { openaiModel, openaiProvider, PER_CALL } from "./openai-parameters.ts";
import { asObject, asObjects, type Data, without } from "./own-data.ts";
import type { ProviderRequest } from "./provider-reading.ts";

/** Of the body, what has a place of its own. */
const READ = [
  ...["model", "messages", "stream", "max_tokens", "max_completion_tokens", "temperature"],
  ...["top_p", "stop", "presence_penalty", "frequency_penalty", "seed", "response_format"],
  ...["reasoning_effort", "tools", "functions", "tool_choice", "function_call"],
];

/** A request for a chat completion. */
export function readChatRequest(url: URL, body: Data): ProviderRequest {
  const providerName = openaiProvider(url);
  const model = openaiModel(url, body);
  const tools = asObjects(body.tools);
  const functions = tools.flatMap((tool) => toolFunction(asObject(tool.function ?? tool.custom)));
  const hosted = tools.filter((tool) => tool.function === undefined && tool.custom === undefined);
  const { temperature, top_p, stop, presence_penalty, frequency_penalty, seed } = body;
  return {
    operation: "chat",
    providerName,
    model,
    kernel: promptKernel({
      model,
      providerName,
      parameters: {
        temperature,
        top_p,
        max_tokens: body.max_completion_tokens ?? body.max_tokens,
        stop,
        presence_penalty,
        frequency_penalty,
        seed,
        response_format: body.response_format,
        reasoning_effort: body.reasoning_effort,
      },
      tools: [...functions, ...asObjects(body.functions).flatMap((each) => toolFunction(each))],
      other: {
        ...without(body, [...READ, ...PER_CALL]),
        hosted_tools: hostedTools(hosted),
      },
    }),
    messages: takableMessages(body.messages),
    toolChoice: toolChoice(body.tool_choice ?? body.function_call),
    isStream: body.stream === true,
  };
}
