import {
  context,
  type DiagLogger,
  DiagLogLevel,
  diag,
  propagation,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { type FlowspanOptions, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { startLogApiSink } from "../log-api-sink.ts";

/** What came out of this process, as text. */
export interface Seen {
  /** What another exporter gets of our own spans. */
  readonly spans: string;
  /** The bodies, queries and headers of every request. */
  readonly wire: string;
  /** What `diag` was told. */
  readonly diag: string;
  /** The logs as they stand on the server. */
  readonly logs: readonly Record<string, unknown>[];
}

export type Wire = "batch" | "document";

/** Runs the program with a processor of ours beside another exporter, and gives what came out. */
export async function seenOf(
  wire: Wire,
  options: FlowspanOptions,
  program: (tracer: Tracer, provider: BasicTracerProvider) => unknown,
  resource: Readonly<Record<string, string>> = {},
): Promise<Seen> {
  const said: unknown[] = [];
  const log = (...args: unknown[]) => void said.push(...args.map(textOf));
  const logger: DiagLogger = { error: log, warn: log, info: log, debug: log, verbose: log };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  const sink = await startLogApiSink({ batch: wire === "batch" });
  const spans: ReadableSpan[] = [];
  const other = {
    onStart() {},
    onEnd: (span: ReadableSpan) => void spans.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(resource),
    spanProcessors: [new FlowspanSpanProcessor({ url: sink.url, ...options }), other],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  try {
    await program(provider.getTracer("foreign"), provider);
    await provider.forceFlush();
    await provider.shutdown();
    const requests = sink.requests.map(({ path, query, headers, body }) => [
      path,
      decodeURIComponent(String(query)),
      headers,
      body,
    ]);
    return {
      spans: textOf(spans.filter(isOwn).map(viewOf)),
      wire: textOf(requests),
      diag: textOf(said),
      logs: [...sink.logs.values()].map(({ fields }) => fields),
    };
  } finally {
    for (const api of [trace, context, propagation, diag]) api.disable();
    await sink.close();
  }
}

/** A span that is not ours is never changed: what its own writer put there is there. */
function isOwn(span: ReadableSpan): boolean {
  return span.instrumentationScope.name === "flowspan";
}

function viewOf({ name, attributes, status, events }: ReadableSpan): object {
  return { name, attributes, status, events };
}

/** Text in which a secret can be looked for: errors with their stacks, nothing escaped twice. */
function textOf(value: unknown): string {
  if (value instanceof Error) return `${value.stack} ${textOf(value.cause)}`;
  if (typeof value === "string") return value;
  return (
    JSON.stringify(value, (_, each: unknown) => (each instanceof Error ? textOf(each) : each)) ?? ""
  );
}
