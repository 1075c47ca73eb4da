import type {
  Context,
  Span,
  SpanOptions,
  Tracer,
  TracerOptions,
  TracerProvider,
} from "@opentelemetry/api";

/** Gives the provider in force, at the moment when a span is to be opened. */
type FindProvider = () => TracerProvider;

/**
 * A provider whose tracers ask, for each span, which provider is in force. So a tracer that was
 * taken before anybody registered one follows whoever does.
 */
export class DeferredProvider implements TracerProvider {
  readonly #find: FindProvider;

  constructor(find: FindProvider) {
    this.#find = find;
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    return new DeferredTracer(this.#find, [name, version, options]);
  }
}

class DeferredTracer implements Tracer {
  readonly #find: FindProvider;
  readonly #scope: Parameters<TracerProvider["getTracer"]>;
  #provider: TracerProvider | undefined;
  #tracer: Tracer | undefined;

  constructor(find: FindProvider, scope: Parameters<TracerProvider["getTracer"]>) {
    this.#find = find;
    this.#scope = scope;
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    return this.#inForce().startSpan(name, options, context);
  }

  startActiveSpan<F extends (span: Span) => unknown>(...args: [string, F]): ReturnType<F>;
  startActiveSpan(...args: unknown[]): unknown {
    const tracer = this.#inForce();
    return Reflect.apply(tracer.startActiveSpan, tracer, args);
  }

  #inForce(): Tracer {
    const provider = this.#find();
    if (this.#tracer === undefined || provider !== this.#provider) {
      this.#provider = provider;
      this.#tracer = provider.getTracer(...this.#scope);
    }
    return this.#tracer;
  }
}
