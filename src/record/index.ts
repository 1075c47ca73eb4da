import { createWrapper, type LogWrapper } from "./create-wrapper.ts";
import type { FlowOptions, PromptOptions, ToolOptions } from "./types.ts";

/**
 * Records calls of an agent, a chain, a request: whatever holds other calls. The topmost one is
 * the trace.
 *
 * @example const agent = flow("support/agent", async (question: string) => answer(question));
 */
export const flow: LogWrapper<FlowOptions> = /* @__PURE__ */ createWrapper("flow");

/**
 * Records calls of a model.
 *
 * @example
 * const answer = prompt("support/answer", (question: string) =>
 *   openai.chat.completions.create({ model, messages: [{ role: "user", content: question }] }));
 */
export const prompt: LogWrapper<PromptOptions> = /* @__PURE__ */ createWrapper("prompt");

/**
 * Records calls of a tool.
 *
 * @example const search = tool("support/search", async (query: string) => index.find(query));
 */
export const tool: LogWrapper<ToolOptions> = /* @__PURE__ */ createWrapper("tool");

export { type Carrier, carrier, resume } from "./carrier.ts";
export { currentLog, type LogReference, record, withLogContext } from "./log-context.ts";
export type { LogHandle } from "./log-handle.ts";
export {
  type MessagesKernel,
  type Rendered,
  renderPrompt,
  type TextKernel,
} from "./render-prompt.ts";
