import { embeddingModel, languageModel } from "./models.mjs";

/** What a log says of a plain answer. */
const HELLO = {
  output_message: { role: "assistant", content: "Hello" },
  finish_reason: "stop",
  prompt_tokens: 3,
  output_tokens: 2,
};

/** Two calls of the model, the second with the tool's answer: the tokens are both's. */
const TWICE = { ...HELLO, prompt_tokens: 6, output_tokens: 4 };

const OBJECT = {
  output: '{"greeting":"Hello"}',
  finish_reason: "stop",
  prompt_tokens: 3,
  output_tokens: 2,
};

/** Ways to use what `streamText` gives; each gives what a program can see. */
const STREAM_WAYS = {
  textStream: async (result) => collect(result.textStream),
  fullStream: async (result) => (await collect(result.fullStream)).map(({ type }) => type),
  "textStream and text": async (result) => [await collect(result.textStream), await result.text],
  "two streams": async (result) =>
    Promise.all([
      collect(result.textStream),
      collect(result.fullStream).then((parts) => parts.length),
    ]),
  consumeStream: async (result) => {
    await result.consumeStream();
    return [await result.text, await result.finishReason, await result.usage];
  },
  toTextStreamResponse: async (result) => result.toTextStreamResponse().text(),
  toUIMessageStreamResponse: async (result) => {
    // Version 4 has its name for it; the ids in it are made by chance.
    const response = result.toUIMessageStreamResponse?.() ?? result.toDataStreamResponse();
    return (await response.text()).replace(/"messageId":"[^"]*"/, "");
  },
};

/**
 * Every way to use one version of the SDK: `call` is what a wrapped function returns, `use` what
 * the program does with it, `fields` what the log has to say.
 */
export function usesOf(version, sdk) {
  const model = languageModel(version);
  const { jsonSchema, tool } = sdk;
  const schema = jsonSchema({ type: "object", properties: { greeting: { type: "string" } } });
  const takes = jsonSchema({ type: "object", properties: { at: { type: "string" } } });
  const stopWhen = (sdk.stepCountIs ?? sdk.isStepCount)?.(3);
  const tools = {
    tools: {
      look: tool({
        description: "",
        parameters: takes,
        inputSchema: takes,
        execute: async () => "seen",
      }),
    },
    ...(stopWhen === undefined ? { maxSteps: 3 } : { stopWhen }),
  };
  const value = embeddingModel(version);
  const uses = {
    generateText: {
      call: () => sdk.generateText({ model, prompt: "hi" }),
      use: async (asked) => {
        const result = await asked;
        return [result.text, result.finishReason, result.usage];
      },
      fields: HELLO,
    },
    "generateText with tools": {
      call: () => sdk.generateText({ model, prompt: "hi", ...tools }),
      use: async (asked) => {
        const result = await asked;
        return [result.text, result.steps.length];
      },
      fields: TWICE,
    },
    "streamText with tools": {
      call: () => sdk.streamText({ model, prompt: "hi", ...tools }),
      use: STREAM_WAYS.textStream,
      fields: TWICE,
    },
    "streamText that breaks": {
      call: () => sdk.streamText({ model, prompt: "break", onError: () => {} }),
      use: async (result) => (await collect(result.fullStream)).map(({ type }) => type),
      fields: { error: "no more" },
    },
    embed: {
      call: () => sdk.embed({ model: value, value: "hi" }),
      use: async (asked) => (await asked).embedding,
      fields: { prompt_tokens: 3 },
    },
    embedMany: {
      call: () => sdk.embedMany({ model: value, values: ["hi", "ho"] }),
      use: async (asked) => (await asked).embeddings,
      fields: { prompt_tokens: 6 },
    },
  };
  for (const [name, use] of Object.entries(STREAM_WAYS)) {
    const call = () => sdk.streamText({ model, prompt: "hi" });
    uses[`streamText, ${name}`] = { call, use, fields: HELLO };
  }
  if (sdk.generateObject) {
    uses.generateObject = {
      call: () => sdk.generateObject({ model, prompt: "hi", schema }),
      use: async (asked) => (await asked).object,
      fields: OBJECT,
    };
    uses.streamObject = {
      call: () => sdk.streamObject({ model, prompt: "hi", schema }),
      use: async (result) => [await collect(result.partialObjectStream), await result.object],
      // Version 4's result does not tell.
      fields: { ...OBJECT, finish_reason: version === "4" ? undefined : "stop" },
    };
  }
  if (version !== "4") {
    // Since version 5 asking for the text reads the stream.
    uses["streamText, text alone"] = {
      call: () => sdk.streamText({ model, prompt: "hi" }),
      use: async (result) => result.text,
      fields: HELLO,
    };
  }
  if (sdk.Output?.object) {
    uses["generateText, an object"] = {
      call: () => {
        const output = sdk.Output.object({ schema });
        const named =
          version === "4" || version === "5" ? { experimental_output: output } : { output };
        return sdk.generateText({ model, prompt: "hi", ...named });
      },
      use: async (asked) => (await asked).text,
      fields: { ...HELLO, output_message: { role: "assistant", content: '{"greeting":"Hello"}' } },
    };
  }
  return uses;
}

async function collect(source) {
  const pieces = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}
