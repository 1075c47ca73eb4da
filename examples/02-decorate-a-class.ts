import { flow, prompt, record } from "flowspan";
import { start } from "flowspan/node";
import OpenAI from "openai";
import { printTraces } from "./setup.mjs";

const tracing = start();

class Assistant {
  readonly #openai = new OpenAI();
  readonly #notes = "Parcels leave at noon. Letters leave at five.";

  @flow() // the path is the class and the method: Assistant/run
  async run(questions: string[]): Promise<string[]> {
    return Promise.all(questions.map((question) => this.answer(question)));
  }

  @prompt("assistant/answer") // or the one you give
  private async answer(question: string): Promise<string> {
    const model = "gpt-4o-mini";
    const content = `${this.#notes}\n\nQuestion: ${question}`;
    const completion = await this.#openai.chat.completions.create({
      model,
      messages: [{ role: "user", content }],
    });
    const { prompt_tokens: promptTokens, completion_tokens: outputTokens } = completion.usage ?? {};
    record({ prompt: { model }, promptTokens, outputTokens }); // what the returned text can't tell
    return completion.choices[0]?.message.content ?? "";
  }
}

console.log(await new Assistant().run(["When do parcels leave?", "When do letters leave?"]));
await tracing.shutdown();
await printTraces();

// Prints:
// [ 'Parcels leave at noon.', 'Letters leave at five.' ]
// Flow Assistant/run                        complete
// ├─ Prompt assistant/answer (gpt-4o-mini)  26 -> 7 tokens
// └─ Prompt assistant/answer (gpt-4o-mini)  26 -> 5 tokens
