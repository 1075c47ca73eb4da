import type { TracerProvider } from "@opentelemetry/api";
import { ProxyTracerProvider, trace } from "./otel-api.ts";

/** What the API's proxy hands out while nobody has registered a provider. */
export const NO_PROVIDER: TracerProvider = new ProxyTracerProvider().getDelegate();

/** True while nobody has registered a provider: calls are direct calls. */
export function isTracingOff(): boolean {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider && provider.getDelegate() === NO_PROVIDER;
}
