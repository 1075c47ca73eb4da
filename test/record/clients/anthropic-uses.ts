import { type LlmServer, MESSAGES } from "./llm-server.ts";
import { collect, messageOf, type Use, usesOf } from "./use.ts";

const use = usesOf("end_turn");

const message = ({ anthropic }: LlmServer) => anthropic.messages.create(MESSAGES);
const betaMessage = ({ anthropic }: LlmServer) => anthropic.beta.messages.create(MESSAGES);
const parsedMessage = ({ anthropic }: LlmServer) => anthropic.messages.parse(MESSAGES);
const messageStream = ({ anthropic }: LlmServer) =>
  anthropic.messages.create({ ...MESSAGES, stream: true });
const messageHelper = ({ anthropic }: LlmServer) => anthropic.messages.stream(MESSAGES);
const betaHelper = ({ anthropic }: LlmServer) => anthropic.beta.messages.stream(MESSAGES);
const hangingMessage = ({ anthropic }: LlmServer) =>
  anthropic.messages.stream({ ...MESSAGES, model: "hangs" });

/** Every documented way to use what the official `@anthropic-ai/sdk` client gives. */
export const ANTHROPIC_USES: Readonly<Record<string, Use>> = {
  "anthropic: await": use(message, async (asked) => await asked),
  "anthropic: beta": use(betaMessage, async (asked) => await asked),
  "anthropic: parse": use(parsedMessage, async (asked) => await asked),
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
  "anthropic: .stream(), beta": use(betaHelper, async (helper) => helper.finalMessage()),
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
    {
      outcome: "aborted",
      fields: { output_message: { role: "assistant", content: "Hel" }, prompt_tokens: 3 },
    },
  ),
};
