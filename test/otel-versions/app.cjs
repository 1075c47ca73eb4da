const { createServer } = require("node:http");
const { trace } = require("@opentelemetry/api");
const { currentLog, flow, prompt } = require("flowspan");

/** A program that knows nothing of flowspan/register: `node app.cjs [SETUP]`. */
const foreign = trace.getTracer("foreign");
const [setup] = process.argv.slice(2);
if (setup !== undefined) require(setup);

/** Answers as OpenAI's chat completions do. */
const model = createServer((request, response) => {
  request.resume();
  response.setHeader("content-type", "application/json");
  const message = { role: "assistant", content: "Hello yourself." };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
  const answer = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt-4o",
    choices,
    usage,
  };
  response.end(JSON.stringify(answer));
});

const chat = prompt("chat", async (question) => {
  const url = `http://127.0.0.1:${model.address().port}/v1/chat/completions`;
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: question }] });
  const headers = { "content-type": "application/json" };
  const answer = await (await fetch(url, { method: "POST", headers, body })).json();
  return answer.choices[0].message.content;
});
const agent = flow("agent", (question) =>
  foreign.startActiveSpan("lookup", async (span) => {
    span.setAttribute("gen_ai.operation.name", "execute_tool");
    span.setAttribute("gen_ai.tool.name", "lookup");
    process.stdout.write(`${JSON.stringify({ ids: [currentLog().id] })}\n`);
    const answer = await chat(question);
    span.end();
    return answer;
  }),
);
model.listen(0, "127.0.0.1", async () => {
  await agent("hello");
  model.close();
  model.closeAllConnections();
});
