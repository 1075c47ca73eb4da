import { CHAT, type LlmServer } from "./llm-server.ts";
import { collect, messageOf, type Use, usesOf } from "./use.ts";

const use = usesOf("stop");
const useResponse = usesOf("completed");

const chat = ({ openai }: LlmServer) => openai.chat.completions.create(CHAT);
const failingChat = ({ openai }: LlmServer) =>
  openai.chat.completions.create({ ...CHAT, model: "fails" });
const parsedChat = ({ openai }: LlmServer) => openai.chat.completions.parse(CHAT);
const chatStream = ({ openai }: LlmServer) =>
  openai.chat.completions.create({ ...CHAT, stream: true });
const hangingChat = ({ openai }: LlmServer) =>
  openai.chat.completions.create({ ...CHAT, model: "hangs", stream: true });
const chatHelper = ({ openai }: LlmServer) => openai.chat.completions.stream(CHAT);
const failingHelper = ({ openai }: LlmServer) =>
  openai.chat.completions.stream({ ...CHAT, model: "fails" });
const tools = [
  {
    type: "function" as const,
    function: {
      name: "look",
      parameters: {},
      description: "",
      parse: JSON.parse,
      function: () => "seen",
    },
  },
];
const chatRunner = ({ openai }: LlmServer) => openai.chat.completions.runTools({ ...CHAT, tools });
const chatStreamRunner = ({ openai }: LlmServer) =>
  openai.chat.completions.runTools({ ...CHAT, tools, stream: true });

const question = { model: "m", input: "hi" };
const response = ({ openai }: LlmServer) => openai.responses.create(question);
const parsedResponse = ({ openai }: LlmServer) => openai.responses.parse(question);
const responseStream = ({ openai }: LlmServer) =>
  openai.responses.create({ ...question, stream: true });
const responseHelper = ({ openai }: LlmServer) => openai.responses.stream(question);
const embeddings = ({ openai }: LlmServer) =>
  openai.embeddings.create({ ...question, encoding_format: "float" });

/** A loop that runs a tool asks twice: the tokens of both are the Prompt's. */
const TWICE = {
  output_message: { role: "assistant", content: "Hello" },
  finish_reason: "stop",
  prompt_tokens: 6,
  output_tokens: 4,
};

/** Every documented way to use what the official `openai` client gives. */
export const OPENAI_USES: Readonly<Record<string, Use>> = {
  "openai: await": use(chat, async (asked) => await asked),
  "openai: catch and finally": use(chat, async (asked) => [
    await asked.catch(() => 0),
    await asked.finally(() => 0),
  ]),
  "openai: a refused call": use(failingChat, async (asked) => messageOf(asked), {
    outcome: "error",
  }),
  "openai: withResponse": use(chat, async (asked) => {
    const { data, response: raw, request_id } = await asked.withResponse();
    return [data, raw.status, raw.bodyUsed, request_id];
  }),
  "openai: asResponse": use(chat, async (asked) => {
    const raw = await asked.asResponse();
    return [raw.status, raw.url.slice(-20), await raw.json(), raw.bodyUsed];
  }),
  "openai: asResponse, then await": use(chat, async (asked) => {
    const raw = await asked.asResponse();
    return [raw.status, await asked];
  }),
  "openai: parse": use(parsedChat, async (asked) => await asked),
  "openai: a stream, iterated": use(chatStream, async (asked) => collect(await asked)),
  "openai: a stream, left early": use(
    chatStream,
    async (asked) => {
      for await (const chunk of await asked) return chunk;
    },
    { outcome: "cancelled" },
  ),
  "openai: a stream, withResponse": use(chatStream, async (asked) => {
    const { data, response: raw } = await asked.withResponse();
    return [raw.status, await collect(data)];
  }),
  "openai: a stream, asResponse": use(chatStream, async (asked) => {
    const raw = await asked.asResponse();
    return [raw.headers.get("content-type"), (await raw.text()).length];
  }),
  "openai: a stream, tee": use(chatStream, async (asked) => {
    const [left, right] = (await asked).tee();
    return [await collect(left), await collect(right)];
  }),
  "openai: a stream, one branch of a tee": use(chatStream, async (asked) => {
    const [, right] = (await asked).tee();
    return collect(right);
  }),
  "openai: a stream, toReadableStream": use(chatStream, async (asked) => {
    const pieces = await collect((await asked).toReadableStream());
    return pieces.map((piece) => new TextDecoder().decode(piece as Uint8Array));
  }),
  "openai: a stream, controller.abort": use(
    hangingChat,
    async (asked) => {
      const stream = await asked;
      const chunks: unknown[] = [];
      for await (const chunk of stream) {
        chunks.push(chunk);
        if (chunks.length === 2) stream.controller.abort();
      }
      return [chunks, stream.controller.signal.aborted];
    },
    { fields: { output_message: { role: "assistant", content: "Hel" } } },
  ),
  "openai: .stream(), finalChatCompletion": use(chatHelper, async (helper) => [
    await helper.finalChatCompletion(),
    await helper.finalContent(),
    await helper.totalUsage(),
    helper.ended,
  ]),
  "openai: .stream(), events": use(chatHelper, async (helper) => {
    const seen: unknown[] = [];
    helper.on("content", (delta, snapshot) => seen.push(delta, snapshot));
    helper.once("finalContent", (content) => seen.push(content));
    helper.on("end", () => seen.push("end"));
    await helper.done();
    return seen;
  }),
  "openai: .stream(), iterated": use(chatHelper, async (helper) => collect(helper)),
  "openai: .stream(), toReadableStream": use(
    chatHelper,
    async (helper) => (await collect(helper.toReadableStream())).length,
  ),
  "openai: .stream() that is refused": use(
    failingHelper,
    async (helper) => [await messageOf(helper.done()), helper.errored],
    { outcome: "error" },
  ),
  "openai: .runTools()": use(
    chatRunner,
    async (runner) => [await runner.finalContent(), runner.messages.length],
    { fields: TWICE },
  ),
  "openai: .runTools(), streamed": use(
    chatStreamRunner,
    async (runner) => [
      await runner.finalContent(),
      await runner.totalUsage(),
      runner.messages.length,
    ],
    { fields: TWICE },
  ),
  "openai: responses": useResponse(response, async (asked) => {
    const answer = await asked;
    return [answer, answer.output_text];
  }),
  "openai: responses, parse": useResponse(parsedResponse, async (asked) => await asked),
  "openai: responses, a stream": useResponse(responseStream, async (asked) => collect(await asked)),
  "openai: responses, .stream()": useResponse(responseHelper, async (helper) => {
    const seen: unknown[] = [];
    helper.on("response.output_text.delta", ({ delta }) => seen.push(delta));
    return [(await helper.finalResponse()).output_text, seen];
  }),
  "openai: responses, .stream(), iterated": useResponse(responseHelper, async (helper) =>
    collect(helper),
  ),
  "openai: embeddings": use(embeddings, async (asked) => await asked, {
    fields: { prompt_tokens: 3 },
  }),
};
