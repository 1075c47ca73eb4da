/**
 * Models as each version of the AI SDK takes them, that answer without a network: "Hello", a call
 * of the tool `look` first where there are tools, `{"greeting":"Hello"}` where an object is wanted.
 */

/** The specification that a version's models follow. */
const SPECIFICATIONS = { 4: "v1", 5: "v2", 6: "v3", 7: "v4" };

const TOOL_CALL = { type: "tool-call", toolCallId: "call_1", toolName: "look" };

/** A language model for one version of the SDK. */
export function languageModel(version) {
  const dialect = version === "4" ? firstDialect : laterDialect(version);
  return {
    specificationVersion: SPECIFICATIONS[version],
    provider: "test",
    modelId: "m",
    supportedUrls: {},
    defaultObjectGenerationMode: "json",
    doGenerate: async (options) => dialect.whole(answerTo(options)),
    doStream: async (options) => ({
      stream: streamOf(dialect.parts(answerTo(options))),
      ...dialect.more,
    }),
  };
}

/** An embedding model for one version of the SDK. */
export function embeddingModel(version) {
  return {
    specificationVersion: SPECIFICATIONS[version],
    provider: "test",
    modelId: "m",
    maxEmbeddingsPerCall: 10,
    supportsParallelCalls: true,
    doEmbed: async ({ values }) => ({
      embeddings: values.map(() => [0.5, 0.25]),
      usage: { tokens: 3 * values.length },
      warnings: [],
    }),
  };
}

/** A tool call, the pieces of a text, or a refusal to go on. */
function answerTo({ prompt, tools, mode, responseFormat }) {
  const asked = mode?.tools ?? tools ?? [];
  const isAnswered = prompt.some(({ role }) => role === "tool");
  if (prompt.some(({ content }) => JSON.stringify(content).includes("break")))
    return { breaks: true };
  if (asked.length > 0 && !isAnswered) return { call: { at: "here" } };
  const isObject = mode?.type === "object-json" || responseFormat?.type === "json";
  return { text: isObject ? ['{"greeting":', '"Hello"}'] : ["Hel", "lo"] };
}

const RESPONSE = { id: "r1", modelId: "m-2", timestamp: new Date(0) };

const firstDialect = {
  more: { rawCall: { rawPrompt: null, rawSettings: {} } },
  whole: ({ text, call }) => ({
    ...(text && { text: text.join("") }),
    ...(call && {
      toolCalls: [{ ...TOOL_CALL, toolCallType: "function", args: JSON.stringify(call) }],
    }),
    finishReason: call ? "tool-calls" : "stop",
    usage: { promptTokens: 3, completionTokens: 2 },
    response: RESPONSE,
    rawCall: { rawPrompt: null, rawSettings: {} },
  }),
  parts: ({ text = [], call, breaks }) => [
    { type: "response-metadata", ...RESPONSE },
    ...text.map((textDelta) => ({ type: "text-delta", textDelta })),
    ...(call ? [{ ...TOOL_CALL, toolCallType: "function", args: JSON.stringify(call) }] : []),
    ...(breaks ? [{ type: "error", error: new Error("no more") }] : []),
    {
      type: "finish",
      finishReason: call ? "tool-calls" : "stop",
      usage: { promptTokens: 3, completionTokens: 2 },
    },
  ],
};

function laterDialect(version) {
  const isFlat = version === "5";
  const usage = isFlat
    ? { inputTokens: 3, outputTokens: 2, totalTokens: 5 }
    : { inputTokens: { total: 3, noCache: 3 }, outputTokens: { total: 2, text: 2 } };
  const finishReason = (call) => {
    const reason = call ? "tool-calls" : "stop";
    return isFlat ? reason : { unified: reason, raw: reason };
  };
  const called = (call) => (call ? [{ ...TOOL_CALL, input: JSON.stringify(call) }] : []);
  return {
    whole: ({ text, call }) => ({
      content: [...(text ? [{ type: "text", text: text.join("") }] : []), ...called(call)],
      finishReason: finishReason(call),
      usage,
      response: RESPONSE,
      warnings: [],
    }),
    parts: ({ text = [], call, breaks }) => [
      { type: "stream-start", warnings: [] },
      { type: "response-metadata", ...RESPONSE },
      ...(text.length > 0 ? [{ type: "text-start", id: "1" }] : []),
      ...text.map((delta) => ({ type: "text-delta", id: "1", delta })),
      ...(text.length > 0 ? [{ type: "text-end", id: "1" }] : []),
      ...called(call),
      ...(breaks ? [{ type: "error", error: new Error("no more") }] : []),
      { type: "finish", finishReason: finishReason(call), usage },
    ],
  };
}

function streamOf(parts) {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}
