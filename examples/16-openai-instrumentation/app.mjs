import { createServer } from "node:http";
import { trace } from "@opentelemetry/api";
import OpenAI from "openai";

const openai = new OpenAI();

/** Nothing in here knows of flowspan. */
export const app = createServer(async (_request, response) => {
  // A router's instrumentation sets this by itself.
  trace.getActiveSpan()?.setAttribute("http.route", "/opening-hours");
  const facts = await ask("When does the office open? The office opens at nine.");
  response.end(await ask(`What is at nine? ${facts}`));
});

/** @param {string} content */
async function ask(content) {
  const completion = await openai.chat.completions.create({
    model: "extractive-offline",
    messages: [{ role: "user", content }],
  });
  return completion.choices[0]?.message.content;
}
