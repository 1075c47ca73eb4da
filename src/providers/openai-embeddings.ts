import { dataProperty } from "../base/data-property.ts";
import { embeddingsKernel } from "./kernel.ts";
import { openaiModel, openaiProvider, PER_CALL } from "./openai-parameters.ts";
import { asCount, asObject, asObjects, asString, type Data, without } from "./own-data.ts";
import type { Provider, ProviderReading } from "./provider-reading.ts";
import { vectorText } from "./vector-text.ts";

/**
 * OpenAI embeddings, and servers of the same wire: a Tool log, whose output says how many numbers
 * each vector has. The numbers themselves are never kept.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export const openaiEmbeddings: Provider = {
  path: /\/embeddings\/?$/,

  readRequest(url, value) {
    const body = asObject(value);
    if (body?.input == null) return undefined;
    const model = openaiModel(url, body);
    return {
      operation: "embeddings",
      providerName: openaiProvider(url),
      model,
      kernel: embeddingsKernel({ model, ...without(body, ["model", "input", ...PER_CALL]) }),
      inputs: { input: body.input },
      isStream: false,
    };
  },

  readResponse,

  startStream: () => undefined,
};

function readResponse(value: unknown): ProviderReading | undefined {
  if (dataProperty(value, "object") !== "list") return undefined;
  const response = asObject(value);
  const data = asObjects(response?.data);
  if (response === undefined || data[0]?.embedding === undefined) return undefined;
  const vectors = data.map(({ embedding }) => vectorText(embedding));
  const usage: Data = asObject(response.usage) ?? {};
  return {
    output: vectors.length === 1 ? vectors[0] : vectors,
    response: {
      ...response,
      data: data.map((entry, index) => ({ ...entry, embedding: vectors[index] })),
    },
    responseModel: asString(response.model),
    promptTokens: asCount(usage.prompt_tokens),
    cost: asCount(usage.cost),
  };
}
