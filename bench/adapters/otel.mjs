import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

/**
 * What a person writes by hand: a span round each call, inputs and outputs as JSON attributes.
 * Used by the two floors, which differ in their exporter.
 */
export function setUpOtel(exporter) {
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracer = trace.getTracer("bench");
  const wrapAs = (kind) => (name, fn) => (input) =>
    tracer.startActiveSpan(name, async (span) => {
      try {
        span.setAttribute("kind", kind);
        span.setAttribute("input", JSON.stringify(input));
        const result = await fn(input);
        if (kind === "prompt") {
          span.setAttribute("gen_ai.request.model", input.model);
          span.setAttribute("gen_ai.usage.input_tokens", result.usage.prompt_tokens);
          span.setAttribute("gen_ai.usage.output_tokens", result.usage.completion_tokens);
        }
        span.setAttribute("output", JSON.stringify(result));
        return result;
      } catch (error) {
        span.recordException(error);
        throw error;
      } finally {
        span.end();
      }
    });
  return {
    wrap: { flow: wrapAs("flow"), prompt: wrapAs("prompt"), tool: wrapAs("tool") },
    flush: () => provider.forceFlush(),
  };
}
