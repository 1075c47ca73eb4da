import { flow, prompt, tool } from "flowspan";
import { start } from "flowspan/node";
import OpenAI from "openai";
import { printTraces } from "./setup.mjs";

const tracing = start();
const openai = new OpenAI();
const model = "gpt-4o-mini";
const menu = ["Lentil soup costs four.", "Rye bread costs two.", "Plum cake costs three."];

const parameters = { type: "object", properties: { dish: { type: "string" } }, required: ["dish"] };
const kernel = { name: "find_dish", description: "Finds a dish on the menu.", parameters };

const findDish = tool({ path: "menu/find", tool: { function: kernel } }, ({ dish }) =>
  menu
    .filter((line) => dish.split(" ").some((word) => line.toLowerCase().includes(word)))
    .join(" "),
);
const chat = prompt({ path: "menu/chat", prompt: { model, tools: [kernel] } }, (messages) =>
  openai.chat.completions.create({
    model,
    messages,
    tools: [{ type: "function", function: kernel }],
  }),
);

const waiter = flow("menu/waiter", async (question) => {
  const messages = [{ role: "user", content: question }];
  for (;;) {
    const { message } = (await chat(messages)).choices[0];
    messages.push(message);
    if (!message.tool_calls) return message.content;
    for (const call of message.tool_calls) {
      const content = findDish(JSON.parse(call.function.arguments));
      messages.push({ role: "tool", tool_call_id: call.id, content });
    }
  }
});

console.log(await waiter("What does the plum cake cost?"));
await tracing.shutdown();
await printTraces();

// Prints:
// Plum cake costs three.
// Flow menu/waiter                   complete
// ├─ Prompt menu/chat (gpt-4o-mini)  59 -> 11 tokens
// ├─ Tool menu/find
// └─ Prompt menu/chat (gpt-4o-mini)  95 -> 6 tokens
