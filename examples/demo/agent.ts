import { currentLog, flow, prompt, record, tool } from "flowspan";
import type OpenAI from "openai";
import { type Passage, readOutline, readPassages, searchPassages } from "./document.ts";

type Message = OpenAI.ChatCompletionMessageParam;

const SEARCH: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "search",
    description: "Passages of the document that hold these words.",
    parameters: {
      type: "object",
      properties: { query: { type: "string" }, limit: { type: "integer", default: 4 } },
      required: ["query", "limit"],
    },
  },
};

/**
 * Answers questions about one document: plans what to look for, looks it up, writes the answer from what it found.
 * The decorators are all that flowspan needs; without them it is the same agent.
 */
export class ReadingAgent {
  readonly #openai: OpenAI;
  readonly #model: string;
  readonly #document: string;

  /** Where the last run is found on the server. */
  log = { id: "", url: "" };

  constructor(openai: OpenAI, model: string, document: string) {
    this.#openai = openai;
    this.#model = model;
    this.#document = document;
  }

  /** Gives the answer piece by piece as the model writes it. */
  @flow()
  async *run(question: string): AsyncGenerator<string> {
    this.log = currentLog();
    const plan = await this.plan([
      { role: "system", content: "Plan which searches of the document answer the question." },
      { role: "user", content: `${this.outline().join("\n")}\n\nQuestion: ${question}` },
    ]);
    const message = plan.choices[0]?.message;
    const calls = message?.tool_calls?.filter((call) => call.type === "function") ?? [];
    const results = calls.map((call): Message => {
      const { query, limit } = JSON.parse(call.function.arguments);
      const found = this.search(query, limit);
      return { role: "tool", tool_call_id: call.id, content: passagesToText(found) };
    });

    const stream = await this.write([
      { role: "system", content: "Answer in a few sentences, only from the passages found." },
      { role: "user", content: question },
      ...(message ? [message] : []),
      ...results,
    ]);
    for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? "";
  }

  @tool()
  outline(): string[] {
    return readOutline(this.#document);
  }

  @prompt()
  plan(messages: Message[]) {
    record({ prompt: { model: this.#model, tools: [SEARCH.function] } });
    return this.#openai.chat.completions.create({
      model: this.#model,
      messages,
      tools: [SEARCH],
      tool_choice: "required",
    });
  }

  @tool()
  search(query: string, limit: number): Passage[] {
    return searchPassages(readPassages(this.#document), query, limit);
  }

  @prompt()
  write(messages: Message[]) {
    record({ prompt: { model: this.#model } });
    return this.#openai.chat.completions.create({
      model: this.#model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
  }
}

function passagesToText(passages: readonly Passage[]): string {
  return passages.map(({ line, text }) => `(line ${line})\n${text}`).join("\n\n");
}
