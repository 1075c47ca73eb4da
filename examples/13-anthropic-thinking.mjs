import Anthropic from "@anthropic-ai/sdk";
import { flow, prompt } from "flowspan";
import { start } from "flowspan/node";
import { printTraces } from "./setup.mjs";

const tracing = start();
const anthropic = new Anthropic();
const model = "extractive-offline";

/** The stream goes through as it is; the log is whole when it has been read. */
const ask = prompt({ path: "office/answer", prompt: { model } }, (question) =>
  anthropic.messages.create({
    model,
    max_tokens: 2_000,
    thinking: { type: "enabled", budget_tokens: 1_024 },
    messages: [{ role: "user", content: question }],
    stream: true,
  }),
);

const office = flow("office/assistant", async (question) => {
  for await (const event of await ask(question)) {
    if (event.type !== "content_block_delta") continue;
    if (event.delta.type === "thinking_delta") process.stdout.write(`(${event.delta.thinking}) `);
    if (event.delta.type === "text_delta") process.stdout.write(event.delta.text);
  }
  console.log();
});

await office("When does the office open? The office opens at nine.");
await tracing.shutdown();
await printTraces();

// Prints:
// (I look for ) (the answer in ) (1 messages.) The office opens at nine.
// Flow office/assistant                         complete
// └─ Prompt office/answer (extractive-offline)  19 -> 16 tokens
