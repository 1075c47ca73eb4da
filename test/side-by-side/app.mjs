import { trace } from "@opentelemetry/api";
import { flow, prompt } from "flowspan";

/** Taken before anybody registers, as many modules do. */
const foreign = trace.getTracer("foreign");

/** node app.mjs [SETUP] [early|late]: with "late", the first call is made before the setup. */
const [setup, when] = process.argv.slice(2);
const load = () => (setup === undefined ? undefined : import(setup));

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

if (when === "late") await agent("first");
const { finish } = (await load()) ?? {};
await agent("second");
await finish?.();
