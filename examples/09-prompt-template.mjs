import { flow, prompt, renderPrompt } from "flowspan";
import { start } from "flowspan/node";
import OpenAI from "openai";
import { printTraces } from "./setup.mjs";

const tracing = start();
const openai = new OpenAI();

// The kernel decides the version: other inputs are logged to the same one.
const kernel = {
  model: "gpt-4o-mini",
  template: [
    { role: "system", content: "{{facts}}" },
    { role: "user", content: "What does the {{dish}} cost?" },
  ],
};
const price = prompt("menu/price", (dish) =>
  openai.chat.completions.create({
    model: kernel.model,
    messages: renderPrompt(kernel, { dish, facts: "Rye bread costs two. Plum cake costs three." }),
  }),
);
const menu = flow("menu/prices", async () => {
  for (const dish of ["plum cake", "rye bread"]) {
    console.log((await price(dish)).choices[0].message.content);
  }
});

await menu();
await tracing.shutdown();
await printTraces();

const response = await fetch(`${process.env.FLOWSPAN_URL}/v5/prompts?size=10`);
const [{ id }] = (await response.json()).records;
const versions = await fetch(`${process.env.FLOWSPAN_URL}/v5/prompts/${id}/versions`);
console.log(`versions of the prompt: ${(await versions.json()).records.length}`);

// Prints:
// Plum cake costs three.
// Rye bread costs two.
// Flow menu/prices                    complete
// ├─ Prompt menu/price (gpt-4o-mini)  29 -> 6 tokens
// └─ Prompt menu/price (gpt-4o-mini)  29 -> 6 tokens
// versions of the prompt: 1
