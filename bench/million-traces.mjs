/** The traces of `million.mjs`: most are a Flow with a Prompt and a Tool, some go wrong. */
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { flow, prompt, record, tool } from "flowspan";

const TEXT = "Which of the three sources is the newest, and what does it say? ".repeat(4);

const chat = prompt("million/chat", async (messages) => {
  record({ prompt: { model: "gpt-4o" }, promptTokens: 40, outputTokens: 20 });
  return { role: "assistant", content: `${messages[0].content} answered` };
});
const search = tool("million/search", async (query) => ({ query, found: [1, 2, 3] }));
const failing = tool("million/failing", async (query) => {
  throw new Error(`no result for ${query.slice(0, 20)}`);
});
const stream = tool("million/stream", async () => new ReadableStream({ pull() {} }));
const pieces = tool("million/pieces", async function* (query) {
  yield query;
  yield query;
});
const waiting = tool("million/waiting", () => new Promise(() => {}));

const ask = flow("million/ask", async (question) => {
  await search(question);
  return (await chat([{ role: "user", content: question }])).content;
});
const askInVain = flow("million/ask", async (question) => {
  await search(question);
  return failing(question);
});
const holder = (path, body) => flow(path, async (question) => void (await body(question)));

const foreign = () => trace.getTracer("million");
const GEN_AI = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };

/** By what is odd about them: how many logs one makes, and one in how many traces it is. */
const ODD = [
  { every: 20, logs: 3, run: (question) => askInVain(question).catch(() => {}) },
  {
    every: 20,
    logs: 2,
    run: holder("million/foreign", () => foreign().startSpan("chat", { attributes: GEN_AI }).end()),
  },
  // Its foreign span never ends: the Flow is completed all the same.
  {
    every: 100,
    logs: 2,
    run: holder("million/open", () => foreign().startSpan("x", { attributes: GEN_AI })),
  },
  { every: 100, logs: 1, run: beginInVain },
  { every: 100, logs: 1, run: () => flow.start("million/handle") },
  // Never read, read in part, never settled: their spans end when they are collected.
  { every: 100, logs: 2, run: holder("million/unread", () => stream()) },
  { every: 100, logs: 2, run: holder("million/part", (question) => pieces(question).next()) },
  { every: 100, logs: 2, run: holder("million/never", () => void waiting()) },
  { every: 100, logs: 1, run: orphan },
  { every: 100, logs: 3, run: endedTwice },
];

/** A root that never ends, dropped by whoever began it: one log. */
export function beginInVain() {
  foreign().startSpan("begun", { attributes: GEN_AI }, ROOT_CONTEXT);
}

/** A span whose parent nobody has seen. */
function orphan(_question, number) {
  const id = (digits) => (number + 1).toString(16).padStart(digits, "a");
  const above = { traceId: id(32), spanId: id(16), traceFlags: 1 };
  const context = trace.setSpanContext(ROOT_CONTEXT, above);
  foreign().startSpan("orphan", { attributes: GEN_AI }, context).end();
}

async function endedTwice(question) {
  const handle = flow.start("million/twice");
  await handle.run(async () => [await search(question), await search(question)]);
  handle.end();
  handle.end();
  handle.fail(new Error("too late"));
}

/** Runs trace `number`; gives how many logs it makes. */
export async function runTrace(number) {
  const question = `${number}: ${TEXT}`;
  let at = number % 100;
  for (const { every, logs, run } of ODD) {
    at -= 100 / every;
    if (at >= 0) continue;
    await run(question, number);
    return logs;
  }
  await ask(question);
  return 3;
}
