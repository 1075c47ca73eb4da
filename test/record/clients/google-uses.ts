import type { LlmServer } from "./llm-server.ts";
import { collect, messageOf, type Use, usesOf } from "./use.ts";

const use = usesOf("STOP");

const question = { model: "m", contents: "hi" };
const generate = ({ google }: LlmServer) => google.models.generateContent(question);
const failing = ({ google }: LlmServer) =>
  google.models.generateContent({ ...question, model: "fails" });
const stream = ({ google }: LlmServer) => google.models.generateContentStream(question);

/** Every documented way to use what the official `@google/genai` client gives. */
export const GOOGLE_USES: Readonly<Record<string, Use>> = {
  "google: await": use(generate, async (asked) => {
    const answer = await asked;
    return [answer.text, answer.functionCalls, answer.usageMetadata];
  }),
  "google: a refused call": use(failing, async (asked) => messageOf(asked), { outcome: "error" }),
  "google: a stream": use(stream, async (asked) => {
    const texts: unknown[] = [];
    for await (const chunk of await asked) texts.push(chunk.text, chunk.usageMetadata);
    return texts;
  }),
  "google: a stream, left early": use(
    stream,
    async (asked) => {
      for await (const { text } of await asked) return text;
    },
    { outcome: "cancelled" },
  ),
  "google: a chat": use(
    ({ google }) => google.chats.create({ model: "m" }).sendMessage({ message: "hi" }),
    async (asked) => (await asked).text,
  ),
  "google: a chat, streamed": use(
    ({ google }) => google.chats.create({ model: "m" }).sendMessageStream({ message: "hi" }),
    async (asked) => (await collect(await asked)).length,
  ),
};
