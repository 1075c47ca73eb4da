import { flow, prompt, record, tool } from "flowspan";
import { start } from "flowspan/node";

const chat = (path, fn) =>
  prompt(path, async (request) => {
    const answer = await fn(request);
    record({
      prompt: { model: request.model },
      promptTokens: answer.usage.prompt_tokens,
      outputTokens: answer.usage.completion_tokens,
    });
    return answer;
  });

/** The wrappers as a person uses them. */
export const wrap = { flow, prompt: chat, tool };

/** flowspan as a person sets it up, all defaults on, masking included. */
export function setUp({ url }) {
  const tracing = start({ url: `${url}/v5` });
  return { wrap, flush: () => tracing.flush() };
}
