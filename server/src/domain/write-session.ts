import type { EnvironmentRecord, FileRecord, LogHeader, VersionRecord } from "../store/records.ts";
import type { StoreTransaction } from "../store/store.ts";
import { readLogId } from "./projection/span-ids.ts";

/** What a session needs beside its transaction. */
export interface SessionOptions {
  readonly nowMicros: number;
  /** Whether a complete trace still takes logs, which are then marked late. */
  readonly acceptLate: boolean;
}

/**
 * What one transaction has looked up and is yet to write. A batch asks for the same parents,
 * files and versions again and again, and widens the same traces: each is read once, and
 * written once by `finish`. It lives no longer than the transaction, so it is never stale.
 */
export class WriteSession {
  readonly transaction: StoreTransaction;
  readonly nowMicros: number;
  readonly acceptLate: boolean;
  /** Traces that had no log at all before this session. */
  readonly startedTraces: Set<string> = new Set();
  /** Logs that were not there when this session put others below them. */
  readonly awaitedParents: Set<string> = new Set();

  /** OpenTelemetry traces with logs that were written or removed: spans may know more of them. */
  readonly touchedTraces: Set<string> = new Set();
  /** How many spans of an OpenTelemetry trace came or changed. */
  readonly newSpans: Map<string, number> = new Map();

  readonly #headers = new Map<string, LogHeader>();
  /** Logs whose times the Flows above them don't know of yet, in the order they were written. */
  readonly #unseen = new Set<string>();
  /** Flows whose times have changed since they were written. */
  readonly #widened = new Set<string>();
  readonly #uses = new Map<string, number>();
  readonly #files = new Map<string, FileRecord>();
  readonly #versions = new Map<string, VersionRecord>();
  #environments: readonly EnvironmentRecord[] | undefined;

  constructor(transaction: StoreTransaction, { nowMicros, acceptLate }: SessionOptions) {
    this.transaction = transaction;
    this.nowMicros = nowMicros;
    this.acceptLate = acceptLate;
  }

  async findHeader(logId: string): Promise<LogHeader | undefined> {
    const known = this.#headers.get(logId);
    if (known !== undefined) return known;
    const found = await this.transaction.findLogHeader(logId);
    if (found !== undefined) this.#headers.set(logId, found);
    return found;
  }

  /** Takes over a log that was just written. */
  written(header: LogHeader): void {
    this.#headers.set(header.id, header);
    this.#widened.delete(header.id);
    this.#unseen.add(header.id);
    this.touch(header.id);
  }

  /** Takes note of the OpenTelemetry trace that a log is named after. */
  touch(logId: string): void {
    const ids = readLogId(logId);
    if (ids !== undefined) this.touchedTraces.add(ids.otelTraceId);
  }

  /** Forgets a log that was removed. */
  removed(logId: string): void {
    this.#headers.delete(logId);
    this.touch(logId);
  }

  /** Takes over a log that was put in its place with its times, which are right already. */
  placed(header: LogHeader): void {
    this.#headers.set(header.id, header);
  }

  /**
   * Widens the Flows above everything written so far. Parents are written before their children,
   * so going backwards hands each log's span on to its parent once, however deep the trace is.
   */
  async widen(): Promise<void> {
    const waiting = new Set(this.#unseen);
    const spans = new Map<string, Times>();
    for (const logId of [...waiting].reverse()) {
      waiting.delete(logId);
      const log = this.#headers.get(logId);
      if (log !== undefined) await this.#handUp(log, spans, waiting);
    }
    this.#unseen.clear();
  }

  /** Counts more logs of a version, or fewer. */
  countUse(versionId: string, logs: number = 1): void {
    this.#uses.set(versionId, (this.#uses.get(versionId) ?? 0) + logs);
  }

  async findFileByPath(path: string): Promise<FileRecord | undefined> {
    return recall(this.#files, `path ${path}`, () => this.transaction.findFileByPath(path));
  }

  async findFile(fileId: string): Promise<FileRecord | undefined> {
    return recall(this.#files, `id ${fileId}`, () => this.transaction.findFile(fileId));
  }

  /** Finds a version of a file by its kernel's text, through `find` the first time. */
  async findVersion(
    fileId: string,
    kernelJson: string,
    find: () => Promise<VersionRecord | undefined>,
  ): Promise<VersionRecord | undefined> {
    return recall(this.#versions, `${fileId} ${kernelJson}`, find);
  }

  async environments(): Promise<readonly EnvironmentRecord[]> {
    this.#environments ??= await this.transaction.listEnvironments();
    return this.#environments;
  }

  /** Forgets files and versions, after something that made some was undone. */
  forgetFiles(): void {
    this.#files.clear();
    this.#versions.clear();
  }

  /** Writes the widened times and the counts. */
  async finish(): Promise<void> {
    await this.widen();
    for (const logId of this.#widened) {
      const header = this.#headers.get(logId);
      if (header !== undefined) await this.transaction.setLogTimes(header);
    }
    for (const [versionId, logs] of this.#uses) {
      // Taking logs away is no use of a version.
      const usedMicros = logs > 0 ? this.nowMicros : 0;
      await this.transaction.countUses(versionId, logs, usedMicros);
    }
    this.#widened.clear();
    this.#uses.clear();
  }

  /** Goes up to the next log that waits itself, or to a Flow that covers the span already. */
  async #handUp(log: LogHeader, spans: Map<string, Times>, waiting: Set<string>): Promise<void> {
    const span = union(log, spans.get(log.id));
    // Traces that became one may have made a circle of logs that waited for one another.
    const passed = new Set<string>([log.id]);
    let parentId = log.parentId;
    while (parentId !== undefined && !passed.has(parentId)) {
      passed.add(parentId);
      const parent = await this.findHeader(parentId);
      if (parent === undefined) return;
      if (parent.type === "flow") {
        const { startMicros, endMicros } = union(parent, span);
        if (startMicros === parent.startMicros && endMicros === parent.endMicros) return;
        this.#headers.set(parentId, { ...parent, startMicros, endMicros });
        this.#widened.add(parentId);
      }
      if (waiting.has(parentId)) {
        spans.set(parentId, union(span, spans.get(parentId)));
        return;
      }
      parentId = parent.parentId;
    }
  }
}

interface Times {
  readonly startMicros?: number;
  readonly endMicros?: number;
}

function union(a: Times, b: Times | undefined): Times {
  return {
    startMicros: earlier(a.startMicros, b?.startMicros),
    endMicros: later(a.endMicros, b?.endMicros),
  };
}

/** The earlier of two times, where both are known. */
export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** The later of two times, where both are known. */
export function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

async function recall<T>(
  known: Map<string, T>,
  key: string,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const recalled = known.get(key);
  if (recalled !== undefined) return recalled;
  const found = await find();
  if (found !== undefined) known.set(key, found);
  return found;
}
