import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  type ReadableSpan,
  type Sampler,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach } from "vitest";
import { type RecordedLog, sharedState } from "../../src/base/shared-state.ts";

/** What the tests look at after a call. */
export interface Recording {
  /** Finished spans in the order they ended. */
  spans(): ReadableSpan[];
  /** The one finished span of that name. */
  span(name: string): ReadableSpan;
  /** The record of the one finished span of that name, fields parsed. */
  fields(name: string): Record<string, unknown>;
  recorded(name: string): RecordedLog;
}

/** Registers a real provider for each test of the file, and takes it away after it. */
export function useRecording(sampler?: Sampler): Recording {
  let finished: ReadableSpan[];

  beforeEach(() => {
    finished = [];
    const processor = {
      onStart() {},
      onEnd: (span: ReadableSpan) => void finished.push(span),
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ sampler, spanProcessors: [processor] }),
    );
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });

  afterEach(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  const span = (name: string): ReadableSpan => {
    const found = finished.filter((each) => each.name === name);
    if (found.length !== 1) throw new Error(`expected one span ${name}, got ${found.length}`);
    return found[0] as ReadableSpan;
  };
  const recorded = (name: string): RecordedLog => {
    const log = sharedState().recorded.get(span(name));
    if (log === undefined) throw new Error(`nothing was recorded for ${name}`);
    return log;
  };
  return {
    spans: () => [...finished],
    span,
    recorded,
    fields: (name) =>
      Object.fromEntries(
        Object.entries(recorded(name).fields).map(([wire, text]) => [wire, JSON.parse(text)]),
      ),
  };
}
