import { LangChainInstrumentation } from "@arizeai/openinference-instrumentation-langchain";
import * as callbacks from "@langchain/core/callbacks/manager";
import { ChatOpenAI } from "@langchain/openai";
import { start } from "flowspan/node";
import { createAgent, tool } from "langchain";
import { z } from "zod";
import { printTraces } from "../setup.mjs";

const tracing = start();
new LangChainInstrumentation().manuallyInstrument(callbacks);

const search = tool(({ query }) => `About ${query}: the office opens at nine.`, {
  name: "search",
  description: "Search the handbook.",
  schema: z.object({ query: z.string() }),
});

const agent = createAgent({
  name: "handbook",
  model: new ChatOpenAI({ model: "extractive-offline" }),
  tools: [search],
});
const { messages } = await agent.invoke({ messages: "When does the office open?" });

console.log(messages.at(-1)?.text);
await tracing.shutdown();
await printTraces();

// Prints:
// About office open: the office opens at nine.
// Flow handbook                                         complete
// ├─ Flow __start__                                     complete
// ├─ Flow model_request                                 complete
// │  ├─ Prompt model_request/chat (extractive-offline)  74 -> 7 tokens
// │  └─ Flow RunnableLambda                             complete
// ├─ Flow tools                                         complete
// │  └─ Tool search
// └─ Flow model_request                                 complete
//    ├─ Prompt model_request/chat (extractive-offline)  99 -> 10 tokens
//    └─ Flow RunnableLambda                             complete
