import type { Tracer } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

/** A tracer whose spans go to the processor and nowhere else. */
export function tracerWith(...spanProcessors: SpanProcessor[]): {
  tracer: Tracer;
  provider: BasicTracerProvider;
} {
  const provider = new BasicTracerProvider({ spanProcessors });
  return { tracer: provider.getTracer("test"), provider };
}

/** Attributes of an inference span of a foreign instrumentation. */
export const CHAT = {
  "gen_ai.operation.name": "chat",
  "gen_ai.request.model": "gpt-4o",
  "gen_ai.usage.input_tokens": 7,
} as const;

/** Attributes of an agent's span of a foreign instrumentation. */
export const AGENT = {
  "gen_ai.operation.name": "invoke_agent",
  "gen_ai.agent.name": "helper",
} as const;
