import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach } from "vitest";
import type { LogDraft } from "../../../src/base/log-types.ts";
import { sharedState } from "../../../src/base/shared-state.ts";
import { TraceCollector } from "../../../src/collect/trace-collector.ts";

/** One log's fields as they would be sent, by their wire names. */
export type SentLog = Readonly<Record<string, unknown>>;

/**
 * Registers a provider for each test of the file and gives the logs that its calls would have
 * sent, whole: with times and `metadata.flowspan.otel`, which `captureLogs` leaves out.
 *
 * @param remoteName spans of this name are read as another process would: by their attributes.
 * @returns the one log of a path; it ends every trace.
 */
export function useSentLogs(remoteName?: string): (path: string) => SentLog {
  const drafts = new Map<string, LogDraft>();
  let collector: TraceCollector;

  beforeEach(() => {
    drafts.clear();
    collector = new TraceCollector({
      sink: {
        submit: (operations) => {
          for (const { log } of operations) drafts.set(log.id, log);
        },
      },
      seesStarts: true,
      openTraceMillis: Number.POSITIVE_INFINITY,
      lateSpanMillis: Number.POSITIVE_INFINITY,
    });
    const processor = {
      onStart: (span: Parameters<typeof collector.spanStarted>[0]) => collector.spanStarted(span),
      onEnd: (span: Parameters<typeof collector.spanEnded>[0]) => {
        if (span.name === remoteName) sharedState().recorded.delete(span);
        collector.spanEnded(span);
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(() => {
    trace.disable();
    context.disable();
  });

  return (path) => {
    collector.shutdown();
    const logs = [...drafts.values()].map(({ fields }) =>
      Object.fromEntries(Object.entries(fields).map(([wire, text]) => [wire, JSON.parse(text)])),
    );
    const found = logs.filter((log) => log.path === path);
    if (found.length !== 1) throw new Error(`expected one log ${path}, got ${found.length}`);
    return found[0] as SentLog;
  };
}
