/**
 * Uses what `streamText` of the AI SDK gives, wrapped and bare, in each of its versions that runs
 * on this Node: what a program sees has to be the same, and the span has to end with the answer.
 *
 *     npm run frameworks
 */
import assert from "node:assert/strict";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { prompt } from "../../dist/index.js";

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** A model as each version of the SDK takes it, that streams "Hello". */
const MODELS = {
  4: () =>
    model(
      "v1",
      [
        { type: "text-delta", textDelta: "Hel" },
        { type: "text-delta", textDelta: "lo" },
        { type: "finish", finishReason: "stop", usage: { promptTokens: 3, completionTokens: 2 } },
      ],
      { rawCall: { rawPrompt: null, rawSettings: {} } },
    ),
  5: () =>
    model("v2", [
      ...TEXT,
      {
        type: "finish",
        finishReason: "stop",
        usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
      },
    ]),
  6: () => model("v3", [...TEXT, FINISH]),
  7: () => model("v4", [...TEXT, FINISH]),
};
const TEXT = [
  { type: "stream-start", warnings: [] },
  { type: "text-start", id: "1" },
  { type: "text-delta", id: "1", delta: "Hel" },
  { type: "text-delta", id: "1", delta: "lo" },
  { type: "text-end", id: "1" },
];
const FINISH = {
  type: "finish",
  finishReason: { unified: "stop", raw: "stop" },
  usage: { inputTokens: { total: 3, noCache: 3 }, outputTokens: { total: 2, text: 2 } },
};

function model(specificationVersion, parts, more = {}) {
  return {
    specificationVersion,
    provider: "test",
    modelId: "m-2",
    supportedUrls: {},
    defaultObjectGenerationMode: "json",
    doStream: async () => ({
      stream: new ReadableStream({
        start(controller) {
          for (const part of parts) controller.enqueue(part);
          controller.close();
        },
      }),
      ...more,
    }),
  };
}

/** Ways to use a result; each gives what a program can see. */
const WAYS = {
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
    return [await result.text, await result.finishReason];
  },
  toTextStreamResponse: async (result) => result.toTextStreamResponse().text(),
};

let failed = 0;
for (const [version, makeModel] of Object.entries(MODELS)) {
  if (version === "7" && Number(process.versions.node.split(".")[0]) < 22) {
    console.log(`left out  ai ${version}: needs Node 22`);
    continue;
  }
  const { streamText } = await import(`ai-${version}`);
  const ask = () => streamText({ model: makeModel(), prompt: "hi" });
  for (const [way, use] of Object.entries(WAYS)) {
    exporter.reset();
    try {
      const bare = ask();
      const keys = Object.keys(bare);
      const expected = await use(bare);
      const result = prompt("ask", ask)();
      assert.deepEqual(Object.keys(result), keys);
      assert.deepEqual(await use(result), expected);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const { attributes } = exporter.getFinishedSpans().find(({ name }) => name === "ask");
      const message = JSON.parse(attributes["flowspan.output_message"]);
      assert.deepEqual(message, { role: "assistant", content: "Hello" });
      assert.equal(attributes["gen_ai.usage.input_tokens"], 3);
      assert.equal(attributes["gen_ai.usage.output_tokens"], 2);
      console.log(`passed    ai ${version}: ${way}`);
    } catch (error) {
      failed++;
      console.log(`FAILED    ai ${version}: ${way}\n${error.stack}`);
    }
  }
}
process.exitCode = failed > 0 ? 1 : 0;

async function collect(source) {
  const pieces = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}
