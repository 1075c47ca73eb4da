import type { LlmServer } from "./llm-server.ts";
import { CHAT, MESSAGES } from "./llm-server.ts";

/** One way to call a client and to use what it gives. */
export interface Use {
  /** What a wrapped function returns. */
  readonly call: (server: LlmServer) => object;
  /** Uses it, and gives all that a program can see of it. */
  readonly use: (given: never) => Promise<unknown>;
  /** How the span has to end. */
  readonly outcome: "ok" | "error" | "aborted" | "cancelled";
}

/** Defines a use whose consumer is typed by its call. */
function use<T extends object>(
  call: (server: LlmServer) => T,
  consume: (given: T) => Promise<unknown>,
  outcome: Use["outcome"] = "ok",
): Use {
  return { call, use: consume, outcome };
}

const chat = ({ openai }: LlmServer) => openai.chat.completions.create(CHAT);
const failingChat = ({ openai }: LlmServer) =>
  openai.chat.completions.create({ ...CHAT, model: "fails" });
const chatStream = ({ openai }: LlmServer) =>
  openai.chat.completions.create({ ...CHAT, stream: true });
const hangingChat = ({ openai }: LlmServer) =>
  openai.chat.completions.create({ ...CHAT, model: "hangs", stream: true });
const chatHelper = ({ openai }: LlmServer) => openai.chat.completions.stream(CHAT);
const chatRunner = ({ openai }: LlmServer) => {
  const described = { name: "look", parameters: {}, description: "", parse: JSON.parse };
  const tool = { type: "function" as const, function: { ...described, function: () => "" } };
  return openai.chat.completions.runTools({ ...CHAT, tools: [tool] });
};
const failingHelper = ({ openai }: LlmServer) =>
  openai.chat.completions.stream({ ...CHAT, model: "fails" });
const message = ({ anthropic }: LlmServer) => anthropic.messages.create(MESSAGES);
const messageStream = ({ anthropic }: LlmServer) =>
  anthropic.messages.create({ ...MESSAGES, stream: true });
const messageHelper = ({ anthropic }: LlmServer) => anthropic.messages.stream(MESSAGES);
const hangingMessage = ({ anthropic }: LlmServer) =>
  anthropic.messages.stream({ ...MESSAGES, model: "hangs" });

/** Every documented way to use the official clients' promises, streams and stream helpers. */
export const USES: Readonly<Record<string, Use>> = {
  "openai: await": use(chat, async (asked) => await asked),
  "openai: catch and finally": use(chat, async (asked) => [
    await asked.catch(() => 0),
    await asked.finally(() => 0),
  ]),
  "openai: a refused call": use(failingChat, async (asked) => messageOf(asked), "error"),
  "openai: withResponse": use(chat, async (asked) => {
    const { data, response, request_id } = await asked.withResponse();
    return [data, response.status, response.bodyUsed, request_id];
  }),
  "openai: asResponse": use(chat, async (asked) => {
    const response = await asked.asResponse();
    return [response.status, response.url.slice(-20), await response.json(), response.bodyUsed];
  }),
  "openai: a stream, iterated": use(chatStream, async (asked) => collect(await asked)),
  "openai: a stream, left early": use(
    chatStream,
    async (asked) => {
      for await (const chunk of await asked) return chunk;
    },
    "cancelled",
  ),
  "openai: a stream, withResponse": use(chatStream, async (asked) => {
    const { data, response } = await asked.withResponse();
    return [response.status, await collect(data)];
  }),
  "openai: a stream, asResponse": use(chatStream, async (asked) => {
    const response = await asked.asResponse();
    return [response.headers.get("content-type"), (await response.text()).length];
  }),
  "openai: a stream, tee": use(chatStream, async (asked) => {
    const [left, right] = (await asked).tee();
    return [await collect(left), await collect(right)];
  }),
  "openai: a stream, toReadableStream": use(chatStream, async (asked) => {
    const pieces = await collect((await asked).toReadableStream());
    return pieces.map((piece) => new TextDecoder().decode(piece as Uint8Array));
  }),
  "openai: a stream, controller.abort": use(hangingChat, async (asked) => {
    const stream = await asked;
    const chunks: unknown[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      if (chunks.length === 2) stream.controller.abort();
    }
    return [chunks, stream.controller.signal.aborted];
  }),
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
  "openai: .runTools()": use(chatRunner, async (runner) => [
    await runner.finalContent(),
    runner.messages.length,
  ]),
  "openai: .stream() that is refused": use(
    failingHelper,
    async (helper) => [await messageOf(helper.done()), helper.errored],
    "error",
  ),
  "anthropic: await": use(message, async (asked) => await asked),
  "anthropic: withResponse": use(message, async (asked) => {
    const { data, response, request_id } = await asked.withResponse();
    return [data, response.status, response.bodyUsed, request_id];
  }),
  "anthropic: asResponse": use(message, async (asked) => (await asked.asResponse()).json()),
  "anthropic: a stream, iterated": use(messageStream, async (asked) => collect(await asked)),
  "anthropic: a stream, tee": use(messageStream, async (asked) => {
    const [left, right] = (await asked).tee();
    return [await collect(left), await collect(right)];
  }),
  "anthropic: .stream(), finalMessage": use(messageHelper, async (helper) => [
    await helper.finalMessage(),
    await helper.finalText(),
    helper.receivedMessages.length,
  ]),
  "anthropic: .stream(), events": use(messageHelper, async (helper) => {
    const seen: unknown[] = [];
    helper.on("text", (delta, snapshot) => seen.push(delta, snapshot));
    helper.on("message", ({ id }) => seen.push(id));
    await helper.done();
    return seen;
  }),
  "anthropic: .stream(), iterated": use(messageHelper, async (helper) => collect(helper)),
  "anthropic: .stream(), withResponse": use(messageHelper, async (helper) => {
    const { data, response } = await helper.withResponse();
    return [response.status, data === helper, (await data.finalMessage()).id];
  }),
  "anthropic: .stream(), abort": use(
    hangingMessage,
    async (helper) => {
      helper.on("text", () => helper.abort());
      return [await messageOf(helper.finalMessage()), helper.aborted, helper.ended];
    },
    "aborted",
  ),
};

async function collect(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const pieces: unknown[] = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}

/** The class and message of the error that a promise has to fail with. */
async function messageOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return [(error as Error).constructor.name, (error as Error).message];
  }
  throw new Error("expected a failure");
}
