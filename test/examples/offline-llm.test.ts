import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

type OfflineLlm = { baseURL: string; close(): Promise<void> };
type OfflineLlmModule = { startOfflineLlm(): Promise<OfflineLlm> };

const model = "extractive-offline";
const harbour =
  "The harbour opens at six. Ferries to the island leave every forty minutes. Tickets are sold on board.";
const bakery =
  "The bakery bakes rye on Mondays. Its ovens are heated with beech wood. Nobody sells tickets here.";

let llm: OfflineLlm;
let client: OpenAI;

beforeAll(async () => {
  // The endpoint is plain JavaScript; a path that is not a literal keeps its types out of this program.
  const path = new URL("../../examples/offline-llm/server.mjs", import.meta.url).href;
  const { startOfflineLlm } = (await import(path)) as OfflineLlmModule;
  llm = await startOfflineLlm();
  client = new OpenAI({ baseURL: llm.baseURL, apiKey: "unused", maxRetries: 0 });
});
afterAll(async () => llm.close());

function ask(text: string, question: string) {
  return client.chat.completions.create({
    model,
    messages: [{ role: "user", content: `${text}\n\nQuestion: ${question}` }],
  });
}

async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

describe("an answer", () => {
  it("quotes the sentence of the given text that the question asks for", async () => {
    const ferries = await ask(harbour, "How often do the ferries leave?");
    const tickets = await ask(harbour, "Where are tickets sold?");

    expect(ferries.choices[0]?.message.content).toBe(
      "Ferries to the island leave every forty minutes.",
    );
    expect(tickets.choices[0]?.message.content).toBe("Tickets are sold on board.");
    expect(ferries.model).toBe(model);
  });

  it("changes with the text for the same question", async () => {
    const answer = await ask(bakery, "Where are tickets sold?");

    expect(answer.choices[0]?.message.content).toBe("Nobody sells tickets here.");
  });

  it("quotes a sentence once, however often the text holds it", async () => {
    const answer = await ask(`${harbour}\n\n${harbour}`, "Where are tickets sold?");

    expect(answer.choices[0]?.message.content).toBe("Tickets are sold on board.");
  });

  it("says so when the text holds nothing on the question", async () => {
    const answer = await ask(harbour, "Which volcano erupted?");

    expect(answer.choices[0]?.message.content).toBe("The given text does not say.");
  });

  it("finds the question behind the text when it has no label, and text in earlier messages", async () => {
    const sameMessage = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: `${harbour} When does the harbour open?` }],
    });
    const earlier = await client.chat.completions.create({
      model,
      messages: [
        { role: "system", content: bakery },
        { role: "user", content: [{ type: "text", text: "What heats the ovens?" }] },
      ],
    });

    expect(sameMessage.choices[0]?.message.content).toBe("The harbour opens at six.");
    expect(earlier.choices[0]?.message.content).toBe("Its ovens are heated with beech wood.");
  });

  it("stops at max_completion_tokens with the finish reason length", async () => {
    const answer = await client.chat.completions.create({
      model,
      max_completion_tokens: 3,
      messages: [{ role: "user", content: `${harbour}\n\nQuestion: When does the harbour open?` }],
    });

    expect(answer.choices[0]).toMatchObject({
      finish_reason: "length",
      message: { content: "The harbour opens" },
    });
    expect(answer.usage?.completion_tokens).toBe(3);
  });
});

describe("the model", () => {
  it("says its own name, whichever was asked for", async () => {
    const answer = await client.chat.completions.create({
      model: "gpt-5-mini",
      messages: [{ role: "user", content: `${harbour}\n\nQuestion: When does the harbour open?` }],
    });

    expect(answer.model).toBe("extractive-offline");
  });
});

describe("a stream", () => {
  const request = {
    model,
    stream: true,
    messages: [
      { role: "user", content: `${harbour}\n\nQuestion: How often do the ferries leave?` },
    ],
  } as const;

  it("gives the role, the text in several pieces, the finish reason, and then the usage", async () => {
    const stream = await client.chat.completions.create({
      ...request,
      messages: [...request.messages],
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);

    const texts = chunks.map((chunk) => chunk.choices[0]?.delta.content).filter(Boolean);
    expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join("")).toBe("Ferries to the island leave every forty minutes.");
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
    expect(chunks[0]?.usage).toBeNull();
  });

  it("carries no usage that was not asked for", async () => {
    const stream = await client.chat.completions.create({
      ...request,
      messages: [...request.messages],
    });
    const chunks = await collect(stream);

    expect(chunks.every((chunk) => chunk.usage === undefined)).toBe(true);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });

  it("may be left early", async () => {
    const stream = await client.chat.completions.create({
      ...request,
      messages: [...request.messages],
    });
    for await (const _chunk of stream) break;

    expect((await client.models.list()).data[0]?.id).toBe(model);
  });
});

describe("tools", () => {
  const tools: OpenAI.ChatCompletionTool[] = [
    {
      type: "function",
      function: {
        name: "search",
        description: "Find passages of the document.",
        parameters: {
          type: "object",
          properties: {
            query: { type: "string" },
            limit: { type: "integer", minimum: 2 },
            order: { enum: ["rank", "text"] },
            unit: { type: "string" },
          },
          required: ["query", "limit", "order"],
        },
      },
    },
    {
      type: "function",
      function: { name: "weather", description: "The weather of a city.", parameters: cityOnly() },
    },
  ];
  const question = {
    role: "user",
    content: "What does the retry policy do with rate limits?",
  } as const;

  function cityOnly() {
    return { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  }

  it("are called side by side with terms of the question and arguments that fit the schema", async () => {
    const plan = await client.chat.completions.create({ model, tools, messages: [question] });

    const calls = plan.choices[0]?.message.tool_calls?.filter((call) => call.type === "function");
    expect(plan.choices[0]?.finish_reason).toBe("tool_calls");
    expect(calls?.map((call) => JSON.parse(call.function.arguments))).toEqual([
      { query: "retry policy", limit: 2, order: "rank" },
      { query: "rate limits", limit: 2, order: "rank" },
    ]);
    expect(new Set(calls?.map((call) => call.id)).size).toBe(2);
  });

  it("are called once where parallel calls are refused, and by the name that tool_choice forces", async () => {
    const single = await client.chat.completions.create({
      model,
      tools,
      parallel_tool_calls: false,
      tool_choice: { type: "function", function: { name: "weather" } },
      messages: [question],
    });

    const calls = single.choices[0]?.message.tool_calls?.filter((call) => call.type === "function");
    expect(calls?.map((call) => [call.function.name, JSON.parse(call.function.arguments)])).toEqual(
      [["weather", { city: "retry policy rate limits" }]],
    );
  });

  it("are left alone with tool_choice none", async () => {
    const answer = await client.chat.completions.create({
      model,
      tools,
      tool_choice: "none",
      messages: [question],
    });

    expect(answer.choices[0]?.message.tool_calls).toBeUndefined();
  });

  it("arrive in pieces on a stream, and put together they are the same calls", async () => {
    const whole = await client.chat.completions.create({ model, tools, messages: [question] });
    const stream = client.chat.completions.stream({ model, tools, messages: [question] });

    expect((await stream.finalMessage()).tool_calls).toMatchObject(
      whole.choices[0]?.message.tool_calls ?? [],
    );
  });

  it("end in an answer from their results", async () => {
    const plan = await client.chat.completions.create({ model, tools, messages: [question] });
    const message = plan.choices[0]?.message;
    const calls = message?.tool_calls ?? [];
    const results = [
      "The retry policy waits for Retry-After on rate limits. Other errors stop at once.",
      "Nothing of interest.",
    ];
    const answer = await client.chat.completions.create({
      model,
      tools,
      messages: [
        question,
        message as OpenAI.ChatCompletionMessage,
        ...calls.map((call, index) => ({
          role: "tool" as const,
          tool_call_id: call.id,
          content: results[index] ?? "",
        })),
      ],
    });

    expect(answer.choices[0]?.message.content).toBe(
      "The retry policy waits for Retry-After on rate limits.",
    );
  });
});

describe("rare words", () => {
  it("weigh more than words that are everywhere", async () => {
    const text = "The port is old. The port is loud. The port is grey. One beacon guides ships in.";
    const answer = await ask(text, "Is there a port beacon?");

    expect(answer.choices[0]?.message.content).toContain("One beacon guides ships in.");
  });
});

describe("JSON", () => {
  it("is an object with the answer and its quotes", async () => {
    const answer = await client.chat.completions.create({
      model,
      response_format: { type: "json_object" },
      messages: [{ role: "user", content: `${bakery}\n\nQuestion: What heats the ovens?` }],
    });

    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({
      answer: "Its ovens are heated with beech wood.",
      quotes: ["Its ovens are heated with beech wood."],
    });
  });

  it("follows a schema, references included", async () => {
    const schema = {
      type: "object",
      properties: {
        summary: { $ref: "#/$defs/text" },
        points: { type: "array", items: { $ref: "#/$defs/text" } },
        sure: { type: "boolean" },
        source: { anyOf: [{ type: "null" }, { type: "string" }] },
      },
      required: ["summary", "points", "sure", "source"],
      $defs: { text: { type: "string" } },
    };
    const answer = await client.chat.completions.create({
      model,
      response_format: { type: "json_schema", json_schema: { name: "note", schema } },
      messages: [{ role: "user", content: `${bakery}\n\nQuestion: What heats the ovens?` }],
    });

    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({
      summary: "Its ovens are heated with beech wood.",
      points: ["Its ovens are heated with beech wood."],
      sure: false,
      source: null,
    });
  });
});

describe("usage", () => {
  it("counts the tokens of the whole prompt and of the answer", async () => {
    const question = "When does the harbour open?";
    const answer = await ask(harbour, question);
    const content = answer.choices[0]?.message.content ?? "";

    const prompt = countTokens(`${harbour}\n\nQuestion: ${question}`) + countTokens("user") + 6;
    expect(answer.usage).toMatchObject({
      prompt_tokens: prompt,
      completion_tokens: countTokens(content),
      total_tokens: prompt + countTokens(content),
    });
  });

  it("counts offered tools and called ones", async () => {
    const messages = [{ role: "user" as const, content: "Where is the weather station?" }];
    const name = "weather";
    const tool = { type: "function" as const, function: { name, parameters: { type: "object" } } };
    const bare = await client.chat.completions.create({ model, messages });
    const offered = await client.chat.completions.create({ model, messages, tools: [tool] });

    expect(offered.usage?.prompt_tokens).toBe(
      (bare.usage?.prompt_tokens ?? 0) + countTokens(JSON.stringify([tool])),
    );
    expect(offered.usage?.completion_tokens).toBe(countTokens(name) + countTokens("{}"));
  });
});

describe("errors", () => {
  async function post(path: string, body: string) {
    const response = await fetch(llm.baseURL + path, { method: "POST", body });
    return { status: response.status, body: await response.json() };
  }

  it("have OpenAI's shape, so that its client throws its own classes", async () => {
    const several = client.chat.completions.create({
      model,
      n: 2,
      messages: [{ role: "user", content: "?" }],
    });

    await expect(several).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(several).rejects.toMatchObject({ status: 400, param: "n" });
  });

  it.each([
    ["an unknown path", "/embeddings", "{}", 404, null],
    ["a body that is not JSON", "/chat/completions", "{", 400, null],
    ["a body that is null", "/chat/completions", "null", 400, "model"],
    ["a missing model", "/chat/completions", `{"messages":[]}`, 400, "model"],
    ["no messages", "/chat/completions", `{"model":"${model}"}`, 400, "messages"],
    [
      "a role that does not exist",
      "/chat/completions",
      `{"model":"${model}","messages":[{"role":"robot"}]}`,
      400,
      "messages[0].role",
    ],
    [
      "several choices",
      "/chat/completions",
      `{"model":"${model}","n":2,"messages":[{"role":"user","content":"?"}]}`,
      400,
      "n",
    ],
  ])("answer %s", async (_title, path, body, status, param) => {
    const answer = await post(path, body);

    expect(answer).toMatchObject({
      status,
      body: { error: { type: "invalid_request_error", param, message: expect.any(String) } },
    });
  });
});
