import { createOpenAI } from "@ai-sdk/openai";
import { stepCountIs, streamText, tool } from "ai";
import { flow } from "flowspan";
import { start } from "flowspan/node";
import { z } from "zod";
import { printTraces } from "../setup.mjs";

const tracing = start();
const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL });

const search = tool({
  description: "Search the handbook.",
  inputSchema: z.object({ query: z.string() }),
  execute: async ({ query }) => `About ${query}: the office opens at nine.`,
});

// The SDK's own telemetry is enough: nothing of its calls is wrapped.
const ask = flow("handbook/ask", async (question) => {
  const { textStream } = streamText({
    model: openai.chat("extractive-offline"),
    prompt: question,
    tools: { search },
    stopWhen: stepCountIs(2),
    experimental_telemetry: { isEnabled: true, functionId: "handbook" },
  });
  for await (const text of textStream) process.stdout.write(text);
  console.log();
});

await ask("When does the office open?");
await tracing.shutdown();
await printTraces();

// Prints:
// About office open: the office opens at nine.
// Flow handbook/ask                                complete
// └─ Flow handbook                                 complete
//    ├─ Prompt handbook/chat (extractive-offline)  72 -> 7 tokens
//    ├─ Tool search
//    └─ Prompt handbook/chat (extractive-offline)  97 -> 10 tokens
