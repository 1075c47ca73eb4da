import type { Baggage, Context, Span } from "@opentelemetry/api";
import { BAGGAGE_KEY, OPEN_LOG_KEY, SPAN_KEY } from "../base/context-keys.ts";
import type { LogAbove } from "../base/log-above.ts";
import { isOfTrace, REMOTE_PARENT, writeRemoteParent } from "../base/remote-parent.ts";
import { sharedState } from "../base/shared-state.ts";
import { propagation } from "../spans/otel-api.ts";

/**
 * The context below one of our spans: that span, its log, and baggage that names the log to
 * whoever the trace is sent to, made when somebody asks for it. What anybody derives from this
 * context is one, too, so none of it is lost.
 *
 * Everything else stands in the context below it, of which nothing is copied: a span costs one
 * small object, however much the context holds and however deep the calls are.
 */
export class InnerContext implements Context {
  readonly #base: Context;
  readonly #span: unknown;
  readonly #log: unknown;

  constructor(base: Context, span: unknown, log: unknown) {
    // Never one on another: looking something up must not take longer with each call inside.
    this.#base = base instanceof InnerContext ? base.#base : base;
    this.#span = span;
    this.#log = log;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.#span;
    if (key === OPEN_LOG_KEY) return this.#log;
    const value = this.#base.getValue(key);
    return key === BAGGAGE_KEY ? this.#passedOn(value as Outer) : value;
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN_KEY) return new InnerContext(this.#base, value, this.#log);
    if (key === OPEN_LOG_KEY) return new InnerContext(this.#base, this.#span, value);
    return new InnerContext(this.#base.setValue(key, value), this.#span, this.#log);
  }

  deleteValue(key: symbol): Context {
    // Deleted baggage is told from none, so that it does not come back from here.
    return this.setValue(key, key === BAGGAGE_KEY ? null : undefined);
  }

  #passedOn(outer: Outer): Outer {
    const log = this.#log as LogAbove | undefined;
    const { traceId = "", spanId = "" } = (this.#span as Span | undefined)?.spanContext() ?? {};
    if (outer === null || !log || !isOfTrace(log, traceId)) return outer;
    const value = writeRemoteParent(log);
    // What came from another process named a log above these.
    const others = outer?.removeEntry(REMOTE_PARENT);
    if (!value) return others;
    const baggage = (others ?? propagation.createBaggage()).setEntry(REMOTE_PARENT, { value });
    const entries = baggage.getAllEntries();
    // Only who sends them elsewhere asks for all of them.
    baggage.getAllEntries = () => {
      for (const leave of sharedState().leaving) leave(traceId, spanId, "called");
      return entries;
    };
    return baggage;
  }
}

/** `null`: it was deleted. */
type Outer = Baggage | null | undefined;
