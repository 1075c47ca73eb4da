import { setTimeout } from "node:timers/promises";
import type { AssembleOptions } from "../assemble/options.ts";
import type { Operation, OperationSink } from "../base/log-types.ts";
import type { SpanView } from "../base/span-view.ts";
import { recoverOperations } from "../collect/recover.ts";
import { readSpanRecord } from "../collect/span-record.ts";
import type { Delivery, LeftTrace, LossNotes, Spool } from "../deliver/index.ts";
import { readOperationRecord } from "../deliver/index.ts";

const LOOK_AGAIN_MILLIS = 100;
/** How often the folder is looked through for what others have left behind since. */
const ADOPT_MILLIS = 60_000;

/** What a loader works with. */
export interface SpoolLoaderOptions {
  readonly spool: Spool;
  readonly delivery: Delivery;
  /** Takes the operations that are made of spans. */
  readonly sink: OperationSink;
  readonly assembleOptions: AssembleOptions;
  /** Settles when all that the options need is there. Never rejects. */
  readonly ready: Promise<void> | undefined;
  readonly notes: LossNotes;
}

/** Brings back what is on disk alone, trace by trace, while the delivery has room. */
export class SpoolLoader {
  readonly #options: SpoolLoaderOptions;
  readonly #adoptTimer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  /** The folder is to be looked through. */
  #adopts = true;
  /** Something was left since the last round began. */
  #isDue = false;
  #isStopped = false;

  constructor(options: SpoolLoaderOptions) {
    this.#options = options;
    options.spool.onLeft = () => {
      this.#isDue = true;
      this.#run();
    };
    // Whose host or process can't be seen is known to be gone a while later only.
    this.#adoptTimer = setInterval(() => {
      this.#adopts = true;
      this.#run();
    }, ADOPT_MILLIS).unref();
    this.#run();
  }

  get isIdle(): boolean {
    return this.#running === undefined;
  }

  /** Resolves when nothing is left to bring back. Never rejects. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Brings no more back. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#adoptTimer);
  }

  #run(): void {
    if (this.#isStopped) return;
    this.#running ??= this.#load()
      .catch((error: unknown) => {
        this.#options.notes.once("spool-load", `The spool can't be read: ${String(error)}`);
      })
      .finally(() => {
        this.#running = undefined;
        // Between its last look and here.
        if (this.#isDue) this.#run();
      });
  }

  async #load(): Promise<void> {
    this.#isDue = false;
    const { spool } = this.#options;
    if (this.#adopts) await spool.adopt();
    this.#adopts = false;
    await this.#options.ready;
    await this.#room();
    for await (const trace of spool.takeLeft()) {
      if (this.#isStopped) {
        spool.putBack(trace.traceId);
        return;
      }
      try {
        this.#bringBack(trace);
      } catch (error) {
        this.#options.notes.once(
          "spool-trace",
          `A trace in the spool can't be read: ${String(error)}`,
        );
      }
      await this.#room();
    }
  }

  /** Waits until the delivery has room. Alone it keeps no process alive. */
  async #room(): Promise<void> {
    const { delivery } = this.#options;
    while (!delivery.hasRoom && !this.#isStopped) {
      await setTimeout(LOOK_AGAIN_MILLIS, undefined, { ref: false });
    }
  }

  #bringBack({ traceId, lines }: LeftTrace): void {
    const { delivery, sink, assembleOptions, notes } = this.#options;
    const spans: SpanView[] = [];
    const operations: Operation[] = [];
    for (const line of lines) {
      const record: unknown = JSON.parse(line);
      const span = readSpanRecord(record);
      const operation = span ? undefined : readOperationRecord(record);
      if (span) spans.push(span);
      else if (operation) operations.push(operation);
      else notes.once("spool-record", "A record in the spool is of no kind that is known here.");
    }
    delivery.readmit(traceId, () => {
      for (const made of recoverOperations(spans, assembleOptions)) sink.submit(made);
      // They have been through the sink already.
      if (operations.length > 0) delivery.submit(operations);
    });
  }
}
