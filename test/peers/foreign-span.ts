import { type Attributes, context, trace } from "@opentelemetry/api";

/** Runs the body inside a span of another instrumentation, as an SDK or a framework would. */
export async function inForeignSpan<T>(
  name: string,
  attributes: Attributes,
  body: () => T | PromiseLike<T>,
): Promise<T> {
  const span = trace.getTracer("another").startSpan(name, { attributes });
  try {
    return await context.with(trace.setSpan(context.active(), span), body);
  } finally {
    span.end();
  }
}

/** Attributes of a call of a model, by OTel's conventions. */
export const CHAT = {
  "gen_ai.operation.name": "chat",
  "gen_ai.request.model": "gpt-4o",
  "gen_ai.usage.input_tokens": 100,
  "gen_ai.usage.output_tokens": 20,
} as const;

/** Attributes of an agent's span, which repeats the sum of its calls. */
export const AGENT = {
  "gen_ai.operation.name": "invoke_agent",
  "gen_ai.agent.name": "helper",
  "gen_ai.usage.input_tokens": 200,
  "gen_ai.usage.output_tokens": 40,
} as const;

/** Attributes of a span of a web framework. */
export const HTTP = { "http.request.method": "GET", "http.route": "/chat", "url.path": "/chat" };
