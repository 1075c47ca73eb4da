/**
 * Uses what the AI SDK's functions give, wrapped and bare, in each of its versions that runs on
 * this Node: what a program sees has to be the same, and the log has to have the answer.
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
import { usesOf } from "./uses.mjs";

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** Where a field of the log stands on its span; objects as JSON text. */
const ATTRIBUTES = {
  output: "flowspan.output",
  output_message: "flowspan.output_message",
  finish_reason: "flowspan.finish_reason",
  error: "flowspan.error",
  prompt_tokens: "gen_ai.usage.input_tokens",
  output_tokens: "gen_ai.usage.output_tokens",
};

let failed = 0;
for (const version of ["4", "5", "6", "7"]) {
  if (version === "7" && Number(process.versions.node.split(".")[0]) < 22) {
    console.log(`left out  ai ${version}: needs Node 22`);
    continue;
  }
  const uses = usesOf(version, await import(`ai-${version}`));
  for (const [name, { call, use, fields }] of Object.entries(uses)) {
    exporter.reset();
    try {
      const bare = call();
      const shape = shapeOf(bare);
      const expected = await use(bare);
      const result = prompt("ask", call)();
      assert.deepEqual(shapeOf(result), shape);
      assert.deepEqual(await use(result), expected);
      // The SDK's own streams end a few turns after the one that is read.
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual(foundIn("ask", Object.keys(fields)), fields);
      console.log(`passed    ai ${version}: ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED    ai ${version}: ${name}\n${error.stack}`);
    }
  }
}
process.exitCode = failed > 0 ? 1 : 0;

function shapeOf(given) {
  return [given.constructor.name, Object.keys(given)];
}

function foundIn(name, fields) {
  const { attributes } = exporter.getFinishedSpans().find((span) => span.name === name);
  return Object.fromEntries(
    fields.map((field) => {
      const value = attributes[ATTRIBUTES[field]];
      return [field, field === "output_message" ? JSON.parse(value ?? "null") : value];
    }),
  );
}
