import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { detailText } from "../client/log-api-error.ts";
import type { Failure, TransportRequest } from "../client/transport.ts";
import { settleBatch } from "./batch-answers.ts";
import { writeBatchEntry } from "./batch-entry.ts";
import { BodyWriter } from "./body-writer.ts";
import { againAfterOutage, loseByFault } from "./failures.ts";
import { refuse } from "./refuse.ts";
import type { Sending, Wire } from "./sending.ts";
import type { Entry, TraceLine } from "./trace-line.ts";
import { openEntries } from "./trace-line.ts";

const MAX_REQUESTS = 4;
const MAX_ENTRIES = 500;
/** Bytes of one body, about: entries are counted as the backlog counts them. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MIN_BODY_BYTES = 16 * 1024;
/** Smaller bodies are not worth compressing. */
const MIN_GZIP_BYTES = 4 * 1024;
/** A trace that the server failed over this often is sent apart from others, then bit by bit. */
const ALONE_AFTER_FAILURES = 2;
const SINGLY_AFTER_FAILURES = 5;

const gzipAsync = promisify(gzip);

/**
 * `POST logs/batch`: several traces in one request, several requests at once, but never two with
 * parts of the same trace.
 */
export class BatchWire implements Wire {
  readonly maxRequests: number = MAX_REQUESTS;
  readonly #sending: Sending;
  readonly #writers: BodyWriter[] = [];
  #maxBodyBytes = MAX_BODY_BYTES;

  constructor(sending: Sending) {
    this.#sending = sending;
  }

  isFull(): boolean {
    const { unsentBytes, unsentEntries } = this.#sending.backlog;
    return unsentEntries >= MAX_ENTRIES || unsentBytes >= this.#maxBodyBytes;
  }

  startNext(): Promise<void> | undefined {
    const entries = this.#take();
    if (entries.length === 0) return undefined;
    for (const entry of entries) this.#sending.backlog.markSending(entry);
    return this.#deliver(entries).then(
      () => undefined,
      (error: unknown) => loseByFault(this.#sending, entries, error),
    );
  }

  /** The next batch: whole traces from the front, the last one perhaps in part. */
  #take(): Entry[] {
    const entries: Entry[] = [];
    const now = this.#sending.now();
    let bytes = 0;
    for (const line of this.#sending.backlog.waiting) {
      if (line.sending > 0 || line.notBefore > now) continue;
      const failures = failuresOf(line);
      const isAlone = failures >= ALONE_AFTER_FAILURES || this.#sending.isFailing();
      if (isAlone && entries.length > 0) continue;
      const limit = failures >= SINGLY_AFTER_FAILURES ? 1 : MAX_ENTRIES;
      for (const entry of openEntries(line)) {
        const isFirst = entries.length === 0;
        if (!isFirst && bytes + entry.bytes > this.#maxBodyBytes) return entries;
        entries.push(entry);
        bytes += entry.bytes;
        if (entries.length >= limit) return entries;
      }
      if (isAlone) return entries;
    }
    return entries;
  }

  /** Sends the entries and settles each; false where what follows them has to wait. */
  async #deliver(all: readonly Entry[]): Promise<boolean> {
    const entries = all.filter((entry) => !entry.done);
    if (entries.length === 0) return true;
    const writer = this.#writers.pop() ?? new BodyWriter();
    writeBatch(writer, entries);
    const bodyBytes = writer.length;
    const result = await this.#sending.send(await this.#request(writer));
    if (result.status === "success") {
      // After any other answer the buffer may still be on its way out.
      writer.reset();
      this.#writers.push(writer);
      settleBatch(this.#sending, entries, result.body);
      return true;
    }
    if (result.status === "failure") return this.#refused(entries, result, bodyBytes);
    againAfterOutage(this.#sending, entries, result);
    return false;
  }

  async #request(writer: BodyWriter): Promise<TransportRequest> {
    const plain = { method: "POST", path: "logs/batch", body: writer.bytes() } as const;
    if (this.#sending.isLoopback || writer.length < MIN_GZIP_BYTES) return plain;
    return { ...plain, body: await gzipAsync(plain.body, { level: 1 }), contentEncoding: "gzip" };
  }

  /** The server refused the request as a whole. */
  async #refused(entries: Entry[], result: Failure, bodyBytes: number): Promise<boolean> {
    const { statusCode = 400 } = result;
    const { backlog } = this.#sending;
    if (statusCode === 404 || statusCode === 405) {
      this.#sending.turnBatchOff();
      for (const entry of entries) backlog.again(entry);
      return false;
    }
    if (statusCode === 413) {
      this.#maxBodyBytes = Math.max(MIN_BODY_BYTES, Math.min(this.#maxBodyBytes, bodyBytes / 2));
    }
    if (entries.length === 1) {
      const detail = detailText(result.body);
      for (const entry of entries) {
        if (!entry.done) refuse(this.#sending, entry, { statusCode, detail });
      }
      return true;
    }
    // One entry may be the reason: halves tell which, one after the other to keep the order.
    const middle = entries.length >> 1;
    if (await this.#deliver(entries.slice(0, middle))) {
      // Left to wait where the first half holds something of the same trace that was not taken.
      return this.#deliverRest(entries.slice(0, middle), entries.slice(middle));
    }
    for (const entry of entries.slice(middle)) backlog.again(entry);
    return false;
  }

  async #deliverRest(first: readonly Entry[], rest: readonly Entry[]): Promise<boolean> {
    const heldUp = new Set<TraceLine>();
    for (const entry of first) if (!entry.done) heldUp.add(entry.line);
    for (const entry of rest) if (heldUp.has(entry.line)) this.#sending.backlog.again(entry);
    return this.#deliver(rest.filter((entry) => !heldUp.has(entry.line)));
  }
}

function failuresOf(line: TraceLine): number {
  for (const entry of openEntries(line)) return entry.failures;
  return 0;
}

function writeBatch(writer: BodyWriter, entries: readonly Entry[]): void {
  writer.write('{"logs":[');
  entries.forEach((entry, index) => {
    if (index > 0) writer.write(",");
    writeBatchEntry(writer, entry);
  });
  writer.write("]}");
}
