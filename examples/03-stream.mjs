import { flow, prompt } from "flowspan";
import { start } from "flowspan/node";
import OpenAI from "openai";
import { printTraces } from "./setup.mjs";

const tracing = start();
const openai = new OpenAI();
const model = "gpt-4o-mini";

// The prompt gives the provider's own stream; the log is complete once it has been read to its end.
const tell = prompt({ path: "guide/tell", prompt: { model } }, (messages) =>
  openai.chat.completions.create({
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  }),
);

const guide = flow("guide", async function* (question) {
  const text = "The tower was built in 1312. Its bell weighs nine tons. Nobody lives in it.";
  const stream = await tell([{ role: "user", content: `${text}\n\nQuestion: ${question}` }]);
  for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? "";
});

for await (const piece of guide("How much does the bell weigh?")) process.stdout.write(piece);
console.log();
await tracing.shutdown();
await printTraces();

// Prints:
// Its bell weighs nine tons.
// Flow guide                          complete
// └─ Prompt guide/tell (gpt-4o-mini)  36 -> 6 tokens
