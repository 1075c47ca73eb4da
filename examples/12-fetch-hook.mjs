import { flow } from "flowspan";
import { instrumentFetch } from "flowspan/fetch";
import { start } from "flowspan/node";
import OpenAI from "openai";
import { printTraces } from "./setup.mjs";

const tracing = start();
// Before the client is made: it keeps the `fetch` that it finds then.
instrumentFetch();
const openai = new OpenAI();

/** The calls inside are recorded where they leave the process: nothing of them is wrapped. */
const summarise = flow("notes/summarise", async (notes) => {
  const stream = await openai.chat.completions.create({
    model: "extractive-offline",
    messages: [{ role: "user", content: `What opens at nine? ${notes}` }],
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
  console.log();
});

await summarise("The office opens at nine. Lunch is at noon.");
await tracing.shutdown();
await printTraces();

// Prints:
// The office opens at nine.
// Flow notes/summarise                                 complete
// └─ Prompt notes/summarise/chat (extractive-offline)  23 -> 6 tokens
