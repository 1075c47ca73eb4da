import type { DiagLogger } from "@opentelemetry/api";
import { afterEach } from "vitest";
import { readApiUrl } from "../../src/client/api-url.ts";
import { UndiciTransport } from "../../src/client/undici-transport.ts";
import { Delivery } from "../../src/deliver/index.ts";
import { LossNotes } from "../../src/deliver/loss-notes.ts";
import { type LogApiSink, type SinkOptions, startLogApiSink } from "../log-api-sink.ts";

interface Settings {
  readonly url: string;
  readonly maxQueueBytes?: number;
  readonly requestTimeoutMillis?: number;
  readonly isLoopback?: boolean;
  /** Pause after a failure. Default 1 ms, for quick tests. */
  readonly retryMillis?: number;
  /** Default the system's clock. */
  readonly now?: () => number;
  /** What is said of losses goes here. Default to OTel's `diag`. */
  readonly said?: string[];
}

/** A delivery over real sockets. */
export function startDelivery(settings: Settings): Delivery {
  const url = readApiUrl(settings.url, "test");
  const transport = new UndiciTransport({
    url,
    apiKey: "secret-key",
    requestTimeoutMillis: settings.requestTimeoutMillis ?? 5_000,
    connections: 16,
  });
  return new Delivery({
    transport,
    isLoopback: settings.isLoopback ?? true,
    maxQueueBytes: settings.maxQueueBytes ?? 64 * 1024 * 1024,
    now: settings.now,
    notes: settings.said && new LossNotes(collectingLogger(settings.said)),
    retryDelay: (_, retryInMillis) => retryInMillis ?? settings.retryMillis ?? 1,
  });
}

function collectingLogger(said: string[]): DiagLogger {
  const silent = (): void => {};
  const warn = (message: string): number => said.push(message);
  return { error: silent, warn, info: silent, debug: silent, verbose: silent };
}

const open: { close(): Promise<unknown> }[] = [];

/** Closes it when the test that runs has ended. */
export function closeAfterTest(...closable: { close(): Promise<unknown> }[]): void {
  open.push(...closable);
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A sink and a delivery to it, for one test. */
export async function startPair(
  options: SinkOptions,
  more: Omit<Settings, "url"> = {},
): Promise<{ sink: LogApiSink; delivery: Delivery }> {
  const sink = await startLogApiSink(options);
  const delivery = startDelivery({ url: sink.url, ...more });
  closeAfterTest({ close: () => delivery.shutdown(0) }, sink);
  return { sink, delivery };
}
