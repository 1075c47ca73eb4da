import type { TracerProvider } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";

/** What the SDKs' providers have for their processors, of which 2.x and 3.x give no public way in. */
interface ProviderParts {
  /** SDK 1.x. */
  readonly addSpanProcessor?: (processor: SpanProcessor) => void;
  /** SDK 2.x and 3.x: what all of a provider's tracers hand their spans to. */
  readonly _activeSpanProcessor?: { _spanProcessors?: readonly SpanProcessor[] };
}

/**
 * Adds a span processor to a provider of SDK 1.30, 2.x or 3.x that is there already. False, with
 * nothing made or changed, where it is none of these: then only who makes the provider can add one.
 */
export function joinProvider(provider: TracerProvider, create: () => SpanProcessor): boolean {
  const parts = provider as ProviderParts;
  if (typeof parts.addSpanProcessor === "function") {
    parts.addSpanProcessor(create());
    return true;
  }
  const active = parts._activeSpanProcessor;
  const processors = active?._spanProcessors;
  if (active === undefined || !Array.isArray(processors)) return false;
  // Not pushed: the array may be the one that the program gave to its provider.
  active._spanProcessors = [...processors, create()];
  return true;
}

/** The provider itself, where OTel's API has put its proxy in front. */
export function unwrapProvider(provider: TracerProvider): TracerProvider {
  const { getDelegate } = provider as { getDelegate?: () => TracerProvider };
  return typeof getDelegate === "function" ? Reflect.apply(getDelegate, provider, []) : provider;
}
