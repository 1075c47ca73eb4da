import type { Operation, OperationSink } from "../base/log-types.ts";
import { retryDelayMillis } from "../client/retry-delay.ts";
import { timerMillis } from "../client/timer-millis.ts";
import type { Transport, TransportRequest, TransportResult } from "../client/transport.ts";
import { Backlog } from "./backlog.ts";
import { BatchWire } from "./batch-wire.ts";
import { DocumentWire } from "./document-wire.ts";
import { FlushWaiters } from "./flush-waiters.ts";
import { LossNotes } from "./loss-notes.ts";
import { readOutage } from "./outage.ts";
import { relieve } from "./relieve.ts";
import type { RetryDelay } from "./retry-gate.ts";
import { RetryGate } from "./retry-gate.ts";
import type { Sending, Wire } from "./sending.ts";
import { leaveLines } from "./spool/leave-lines.ts";
import type { DeliveryStats } from "./tally.ts";
import type { TraceDisk } from "./trace-disk.ts";
import type { TraceLine } from "./trace-line.ts";
import { createUntracedTransport } from "./untraced-transport.ts";

/** How long a first log waits for others to share its request. */
const LINGER_MILLIS = 50;
/** Answers without a word of ours, all failing, after which a server counts as any Log API. */
const MAX_UNCLEAR_ANSWERS = 3;
/** Time until a server that said it takes no batches is believed when it says that it does. */
const BATCH_OFF_MILLIS = 60_000;
/** Longest time one trace is held back while somebody waits for a flush. */
const MAX_FLUSH_PAUSE_MILLIS = 1_000;

export interface DeliveryOptions {
  /** Sends single tries: going on after a failure is done here. Shut down with the delivery. */
  readonly transport: Transport;
  /** True where the server is on this machine: nothing is compressed. */
  readonly isLoopback: boolean;
  /** Memory that waiting logs may take, in bytes. */
  readonly maxQueueBytes: number;
  /** Milliseconds since any fixed point. Default a clock that never jumps. */
  readonly now?: () => number;
  /** Pauses between tries. Default: exponential from 250 ms to 10 s, with jitter. */
  readonly retryDelay?: RetryDelay;
  /** Where traces go that memory has no room for, and what is left at the end. Default nowhere. */
  readonly disk?: TraceDisk;
  /** Says what is lost. Default: through OTel's `diag`. */
  readonly notes?: LossNotes;
}

/**
 * Takes operations and brings them to a Log API.
 *
 * - `submit` never throws and never waits; nothing here keeps a process alive but a `flush`.
 * - A trace's operations go in their order; each log at least once, exactly once where the server
 *   honours `log_id`.
 * - Memory is bounded: on pressure payloads are cut before logs, whole traces dropped before
 *   parts. Everything is counted, and each kind of loss said once through OTel's `diag`.
 * - While the server is away, logs wait and are tried again with growing pauses. So they do while
 *   it refuses the key (401, 403): a key may be put right while the program runs. But nobody waits
 *   for that: a `flush` then ends after a try or three, and a `shutdown` leaves or drops the logs
 *   as `refused-401`.
 */
export class Delivery implements OperationSink {
  readonly #transport: Transport;
  readonly #maxQueueBytes: number;
  readonly #now: () => number;
  readonly #retryDelay: RetryDelay;
  readonly #usesDisk: boolean;
  readonly #backlog: Backlog;
  readonly #gate: RetryGate;
  readonly #batch: BatchWire;
  readonly #documents: DocumentWire;
  readonly #waiters = new FlushWaiters();
  /** Traces that are not to be sent before a time of their own. */
  readonly #heldBack = new Set<TraceLine>();
  /** `undefined` until one answer of the server was seen. */
  #wire: Wire | undefined;
  #batchOffUntil = Number.NEGATIVE_INFINITY;
  #unclearAnswers = 0;
  /** Deliveries under way, each with one request at a time. */
  #running = 0;
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #closed: Promise<DeliveryStats> | undefined;
  #isEnded = false;

  constructor(options: DeliveryOptions) {
    const notes = options.notes ?? new LossNotes();
    this.#transport = createUntracedTransport(options.transport);
    this.#maxQueueBytes = options.maxQueueBytes;
    this.#now = options.now ?? (() => performance.now());
    this.#retryDelay = options.retryDelay ?? defaultRetryDelay;
    const { disk } = options;
    this.#usesDisk = disk !== undefined;
    this.#backlog = new Backlog(notes, (entry) => this.#waiters.done(entry.sequence), disk);
    this.#gate = new RetryGate(notes, this.#retryDelay);
    const sending: Sending = {
      backlog: this.#backlog,
      isLoopback: options.isLoopback,
      now: this.#now,
      isFailing: () => this.#gate.isFailing,
      send: (request) => this.#send(request),
      holdBack: (line, failures) => this.#holdBack(line, failures),
      turnBatchOff: () => {
        this.#batchOffUntil = this.#now() + BATCH_OFF_MILLIS;
        this.#wire = this.#documents;
      },
    };
    this.#batch = new BatchWire(sending);
    this.#documents = new DocumentWire(sending);
  }

  submit(operations: readonly Operation[]): void {
    for (const operation of operations) {
      this.#backlog.add(operation, this.#closed ? "shutdown" : undefined);
    }
    const maxBytes = this.#maxQueueBytes + this.#backlog.returnedBytes;
    if (this.#usesDisk) leaveLines(this.#backlog, maxBytes);
    relieve(this.#backlog, maxBytes);
    if (this.#backlog.unsentEntries === 0) return;
    if (this.#wire?.isFull() || !this.#waiters.isEmpty) this.#isDue = true;
    this.#wakeAt(this.#isDue ? this.#now() : this.#now() + LINGER_MILLIS);
  }

  /**
   * Sends everything that was handed over so far. Resolves with the stats when that is done, or
   * when `timeoutMillis` are over; what still waits then goes on waiting. Never rejects.
   */
  async flush(timeoutMillis: number): Promise<DeliveryStats> {
    const open = this.#backlog.countOpen();
    if (open > 0) {
      const done = this.#waiters.wait(this.#backlog.lastSequence, open, timeoutMillis);
      this.#hurry();
      await done;
    }
    return this.stats();
  }

  /** Whether more may be brought back from the disk now. */
  get hasRoom(): boolean {
    return this.#backlog.bytes < this.#maxQueueBytes / 2;
  }

  /**
   * A trace that was left to the disk comes back: `handOver` submits its operations. What was left
   * of it and is not among them is counted as lost (`spool-lost`).
   */
  readmit(traceId: string, handOver: () => void): void {
    this.#backlog.readmit(traceId, handOver);
  }

  /** Leaves to the disk what waits, at once, for the end of the process. */
  leaveAll(): void {
    for (const line of [...this.#backlog.waiting]) this.#backlog.leaveLine(line, true);
  }

  /**
   * Flushes, then leaves the rest to the disk, or drops and counts it, and closes the connections.
   * Idempotent.
   */
  shutdown(timeoutMillis: number): Promise<DeliveryStats> {
    this.#closed ??= this.#shutdown(timeoutMillis);
    return this.#closed;
  }

  stats(): DeliveryStats {
    return this.#backlog.stats();
  }

  async #shutdown(timeoutMillis: number): Promise<DeliveryStats> {
    await this.flush(timeoutMillis);
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.leaveAll();
    const lost = this.#backlog.stats().pending;
    const reason = this.#gate.keyRefusal ?? "shutdown";
    for (const line of [...this.#backlog.waiting]) this.#backlog.dropLine(line, reason);
    if (lost > 0) {
      this.#backlog.notes.once(
        "shutdown",
        this.#gate.keyRefusal === undefined
          ? `${lost} logs were not sent: the Log API did not take them within the shutdown's ${timeoutMillis} ms.`
          : `${lost} logs were not sent: the Log API refuses the API key.`,
      );
    }
    await this.#transport.shutdown();
    return this.stats();
  }

  #hurry(): void {
    const now = this.#now();
    this.#isDue = true;
    this.#gate.hurry(now);
    for (const line of this.#backlog.waiting) line.notBefore = Math.min(line.notBefore, now);
    this.#wakeAt(now);
  }

  /** Runs `#pump` at a time, or earlier if it is already due then. */
  #wakeAt(atMillis: number): void {
    if (this.#isEnded || atMillis >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = atMillis;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Number.POSITIVE_INFINITY;
        this.#isDue = true;
        this.#pump();
      },
      timerMillis(atMillis - this.#now()),
    );
    this.#timer.unref();
  }

  /** Starts as many requests as may be open now. */
  #pump(): void {
    if (this.#isEnded || this.#backlog.waiting.size === 0) return;
    const now = this.#now();
    if (now < this.#gate.retryAt) {
      this.#wakeAt(this.#gate.retryAt);
      return;
    }
    if (!this.#wire) {
      // No log goes out before one answer was seen.
      if (this.#running === 0) this.#run(this.#ask());
      return;
    }
    if (this.#backlog.hasReturned) this.#isDue = true;
    this.#backlog.hasReturned = false;
    while (this.#isDue || this.#wire.isFull()) {
      if (this.#running >= (this.#gate.isFailing ? 1 : this.#wire.maxRequests)) return;
      const done = this.#wire.startNext();
      if (!done) break;
      this.#run(done);
    }
    if (this.#backlog.unsentEntries === 0) this.#isDue = false;
    this.#wakeForHeldBack();
  }

  #run(work: Promise<void>): void {
    this.#running += 1;
    void work.then(() => {
      this.#running -= 1;
      this.#pump();
    });
  }

  #wakeForHeldBack(): void {
    const now = this.#now();
    for (const line of this.#heldBack) {
      if (line.notBefore <= now) this.#heldBack.delete(line);
      // A pause that is over may have ended after this round looked at the trace.
      if (this.#backlog.waiting.has(line)) this.#wakeAt(Math.max(line.notBefore, now));
    }
  }

  /** Asks what server this is, until there was an answer. */
  async #ask(): Promise<void> {
    const result = await this.#send({ method: "GET", path: "flows", query: { size: 1 } });
    if (result.statusCode === undefined) return;
    const isClear = result.status !== "retryable";
    if (!isClear) this.#unclearAnswers += 1;
    // An answer of our own server's has set the wire by now.
    if (isClear || this.#unclearAnswers >= MAX_UNCLEAR_ANSWERS) this.#wire ??= this.#documents;
  }

  async #send(request: TransportRequest): Promise<TransportResult> {
    const result = readOutage(request, await this.#transport.send(request));
    if (result.servesBatch && this.#now() >= this.#batchOffUntil) this.#wire = this.#batch;
    if (result.status === "retryable") {
      if (request.body !== undefined) this.#backlog.tally.retried += 1;
      if (this.#isEnded) return result;
      this.#gate.failed(result, this.#now(), !this.#waiters.isEmpty);
      if (this.#gate.keyRefusal !== undefined) this.#waiters.endAll();
    } else if (result.statusCode !== undefined) {
      this.#gate.passed();
    }
    return result;
  }

  #holdBack(line: TraceLine, failures: number): void {
    const delay = this.#retryDelay(failures, undefined);
    const pause = !this.#waiters.isEmpty ? Math.min(delay, MAX_FLUSH_PAUSE_MILLIS) : delay;
    line.notBefore = this.#now() + pause;
    this.#backlog.toBack(line);
    this.#heldBack.add(line);
  }
}

function defaultRetryDelay(attempt: number, retryInMillis: number | undefined): number {
  return retryDelayMillis(attempt, retryInMillis, Math.random);
}
