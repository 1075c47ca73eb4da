import { flow, prompt } from "flowspan";
import { start } from "flowspan/node";
import OpenAI from "openai";
import { printTraces } from "./setup.mjs";

const tracing = start();
const openai = new OpenAI();
const model = "gpt-4o-mini";
const notes = "The shop opens at nine. It closes at six. On Sundays it stays closed.";

const answer = prompt({ path: "shop/answer", prompt: { model } }, (question) =>
  openai.chat.completions.create({
    model,
    messages: [{ role: "user", content: `${notes}\n\nQuestion: ${question}` }],
  }),
);
const assistant = flow("shop/assistant", async (question) => {
  const completion = await answer(question);
  return completion.choices[0].message.content;
});

console.log(await assistant("When does the shop open?"));
await tracing.shutdown();
await printTraces();

// Prints:
// The shop opens at nine.
// Flow shop/assistant                  complete
// └─ Prompt shop/answer (gpt-4o-mini)  32 -> 6 tokens
