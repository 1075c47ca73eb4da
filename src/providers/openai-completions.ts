import { dataProperty } from "../base/data-property.ts";
import { errorOf } from "./error-body.ts";
import { promptKernel } from "./kernel.ts";
import { readUsage } from "./openai-chat-usage.ts";
import { openaiModel, openaiProvider, PER_CALL } from "./openai-parameters.ts";
import { asCount, asObject, asObjects, asString, type Data, without } from "./own-data.ts";
import type { Provider, ProviderReading, ProviderRequest } from "./provider-reading.ts";
import { type Assembly, addText, startAssembly } from "./stream-reader.ts";

/**
 * OpenAI's older text completions, which vLLM and many local servers still have. Whole and streamed
 * answers have the same shape.
 *
 * @see https://platform.openai.com/docs/api-reference/completions
 */
export const openaiCompletions: Provider = {
  path: /(?<!\/chat)\/completions\/?$/,

  readRequest(url, value) {
    const body = asObject(value);
    return body?.prompt == null ? undefined : readRequest(url, body);
  },

  readResponse,

  startStream: (firstChunk) =>
    isCompletion(firstChunk)
      ? startAssembly(new CompletionAssembly(), firstChunk, readResponse)
      : undefined,
};

/** Of the body, what has a place of its own. */
const READ = [
  ...["model", "prompt", "stream", "temperature", "top_p", "max_tokens", "stop", "seed"],
  ...["presence_penalty", "frequency_penalty"],
];

function readRequest(url: URL, body: Data): ProviderRequest {
  const providerName = openaiProvider(url);
  const model = openaiModel(url, body);
  const { temperature, top_p, max_tokens, stop, seed, presence_penalty, frequency_penalty } = body;
  return {
    operation: "text_completion",
    providerName,
    model,
    kernel: promptKernel({
      model,
      providerName,
      endpoint: "complete",
      parameters: {
        temperature,
        top_p,
        max_tokens,
        stop,
        seed,
        presence_penalty,
        frequency_penalty,
      },
      other: without(body, [...READ, ...PER_CALL]),
    }),
    inputs: { prompt: body.prompt },
    isStream: body.stream === true,
  };
}

function isCompletion(value: unknown): boolean {
  return (
    dataProperty(value, "object") === "text_completion" &&
    Array.isArray(dataProperty(value, "choices"))
  );
}

function readResponse(value: unknown): ProviderReading | undefined {
  if (!isCompletion(value)) return undefined;
  const response = asObject(value) as Data;
  const choice = asObjects(response.choices).find((each) => (each.index ?? 0) === 0);
  return {
    output: typeof choice?.text === "string" ? choice.text : undefined,
    finishReason: asString(choice?.finish_reason),
    responseModel: asString(response.model),
    responseId: asString(response.id),
    ...readUsage(response.usage),
    error: errorOf(response),
  };
}

class CompletionAssembly implements Assembly {
  #head: Data = {};
  readonly #choices = new Map<number, Record<string, unknown>>();
  #error: unknown;

  add(value: unknown): void {
    const chunk = asObject(value);
    if (chunk === undefined) return;
    if (chunk.error != null) this.#error ??= chunk.error;
    if (!isCompletion(chunk)) return;
    this.#head = { ...this.#head, ...without(chunk, ["choices"]) };
    for (const entry of asObjects(chunk.choices)) {
      const index = asCount(entry.index) ?? 0;
      const choice = this.#choices.get(index) ?? { index, text: "" };
      this.#choices.set(index, choice);
      addText(choice, "text", entry.text);
      choice.finish_reason = entry.finish_reason ?? choice.finish_reason;
    }
  }

  response(): unknown {
    return {
      ...this.#head,
      choices: [...this.#choices.values()],
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }
}
