const { trace } = require("@opentelemetry/api");
const { flow, prompt } = require("flowspan");

const foreign = trace.getTracer("foreign");
const [setup, when] = process.argv.slice(2);
const load = () => (setup === undefined ? {} : require(setup));

const chat = prompt("model/chat", async (question) => `re: ${question}`);
const agent = flow("agent/run", async (question) =>
  foreign.startActiveSpan("lookup", async (span) => {
    span.setAttribute("gen_ai.operation.name", "execute_tool");
    span.setAttribute("gen_ai.tool.name", "lookup");
    try {
      return await chat(question);
    } finally {
      span.end();
    }
  }),
);

async function main() {
  if (when === "late") await agent("first");
  const { finish } = load();
  await agent("second");
  await finish?.();
}
main();
