import { detailText } from "../client/log-api-error.ts";
import type { Failure, Success } from "../client/transport.ts";
import { DocumentDialect } from "./document-dialect.ts";
import type { DocumentRequest } from "./document-request.ts";
import { documentRequest } from "./document-request.ts";
import { againAfterFailure, againAfterOutage, loseByFault } from "./failures.ts";
import { findAgain } from "./find-again.ts";
import { refuse } from "./refuse.ts";
import type { Sending, Wire } from "./sending.ts";
import type { Entry, TraceLine } from "./trace-line.ts";
import { nearestIn, openEntries } from "./trace-line.ts";

const MAX_REQUESTS = 16;
/** 404 answers without a word, while others get through, until it is taken for the server's own. */
/** How long another process's log is waited for, in milliseconds. */
const PARENT_MILLIS = 120_000;
const MAX_STRANGE_ANSWERS = 3;

/**
 * One request per operation, in the two documents' names, for any Log API. Children wait for
 * their parent's answer, which tells its id; siblings go at once.
 */
export class DocumentWire implements Wire {
  readonly maxRequests: number = MAX_REQUESTS;
  readonly #sending: Sending;
  readonly #dialect = new DocumentDialect();

  constructor(sending: Sending) {
    this.#sending = sending;
  }

  isFull(): boolean {
    return this.#sending.backlog.unsentEntries >= MAX_REQUESTS;
  }

  startNext(): Promise<void> | undefined {
    const entry = this.#next();
    if (!entry) return undefined;
    this.#sending.backlog.markSending(entry);
    return this.#deliver(entry).catch((error: unknown) => {
      loseByFault(this.#sending, [entry], error);
    });
  }

  #next(): Entry | undefined {
    const now = this.#sending.now();
    for (const line of this.#sending.backlog.waiting) {
      if (line.notBefore > now) continue;
      const entry = nextOf(line);
      if (entry) return entry;
    }
    return undefined;
  }

  async #deliver(entry: Entry): Promise<void> {
    const { backlog } = this.#sending;
    if (entry.unsure && isUnnamed(entry) && (await this.#isFound(entry))) return;
    const written = documentRequest(entry, this.#dialect);
    if (!written) {
      backlog.lose(entry, "not-sendable");
      return;
    }
    const result = await this.#sending.send(written.request);
    if (entry.done) return;
    if (result.status === "success") {
      this.#taken(entry, result);
    } else if (result.status === "failure") {
      this.#refused(entry, written, result);
    } else {
      againAfterOutage(this.#sending, [entry], result);
    }
  }

  /** Whether the server has it already, or can't tell now; else it is about to be repeated. */
  async #isFound(entry: Entry): Promise<boolean> {
    const { backlog } = this.#sending;
    const found = await findAgain(this.#sending, entry);
    if (entry.done) return true;
    if (found === "later") {
      backlog.again(entry);
      return true;
    }
    if (found) {
      backlog.taken(entry, found);
      return true;
    }
    backlog.repeated(entry.state);
    return false;
  }

  #taken(entry: Entry, { body }: Success): void {
    const answer = typeof body === "object" && body !== null ? body : {};
    const { id, ...files } = answer as Record<string, unknown>;
    const isCreate = entry.operation.op === "create";
    const fileId = files[`${entry.state.type}_id`];
    const serverId = isCreate && typeof id === "string" ? id : undefined;
    this.#sending.backlog.taken(entry, {
      serverId,
      fileId: typeof fileId === "string" ? fileId : undefined,
      isNameless: isUnnamed(entry) && serverId === undefined,
    });
  }

  /** Tries again while its parent may come, then without a place: rather alone than lost. */
  #placeLater(entry: Entry, statusCode: number): void {
    const { backlog } = this.#sending;
    const now = this.#sending.now();
    entry.unplacedSince ??= now;
    if (statusCode === 404 && now - entry.unplacedSince < PARENT_MILLIS) {
      againAfterFailure(this.#sending, entry, Number.POSITIVE_INFINITY);
      return;
    }
    entry.state.isAlone = true;
    backlog.notes.once(
      "alone",
      `Logs are sent outside of their trace: it is another process's, and the Log API does not take them there (${statusCode}).`,
    );
    backlog.again(entry);
  }

  #refused(entry: Entry, written: DocumentRequest, result: Failure): void {
    const { backlog } = this.#sending;
    const { statusCode = 400 } = result;
    if (statusCode === 404 && isStrange(written, result)) {
      againAfterFailure(this.#sending, entry, MAX_STRANGE_ANSWERS);
    } else if (isUnplaced(entry, statusCode)) {
      this.#placeLater(entry, statusCode);
    } else if (this.#isAnsweredByLearning(entry, written, result)) {
      backlog.again(entry);
    } else if (statusCode === 409 && isInAlready(entry)) {
      backlog.taken(entry);
    } else {
      refuse(this.#sending, entry, { statusCode, detail: detailText(result.body) });
    }
  }

  /** Whether the same operation is now written in another way. */
  #isAnsweredByLearning(entry: Entry, written: DocumentRequest, result: Failure): boolean {
    const { statusCode } = result;
    if (statusCode === 422) {
      const leftOut = this.#dialect.learn(written.endpoint, written.keys, result.body);
      for (const key of leftOut) {
        this.#sending.backlog.notes.once(
          `unknown ${written.endpoint} ${key}`,
          `The Log API does not know ${key} in ${written.endpoint}: it is left out from now on.`,
        );
      }
    } else if (
      entry.state.type === "flow" &&
      written.request.method === "PATCH" &&
      (statusCode === 404 || statusCode === 405)
    ) {
      this.#dialect.learnChangesByPost();
    } else {
      return false;
    }
    return this.#dialect.version > written.version;
  }
}

/** The first operation of a trace that needs no answer that is still to come. */
function nextOf(line: TraceLine): Entry | undefined {
  const busy = new Set<string>();
  let isFirst = true;
  for (const entry of openEntries(line)) {
    const { operation, state } = entry;
    if (!entry.sending && isReady(entry, isFirst, busy)) return entry;
    // Nothing passes the completion of the trace itself.
    if (operation.op === "complete" && state.id === line.key) return undefined;
    busy.add(state.id);
    isFirst = false;
  }
  return undefined;
}

function isReady(entry: Entry, isFirst: boolean, busy: ReadonlySet<string>): boolean {
  const { operation, line, state } = entry;
  if (operation.op === "complete") return isFirst;
  if (busy.has(state.id)) return false;
  if (operation.op === "update") return true;
  const parentId = nearestIn(line, state.parentId);
  return parentId === undefined || line.logs.get(parentId)?.status !== "waiting";
}

/** A create that carries no id: twice sent, it may be two logs. */
function isUnnamed({ operation, state }: Entry): boolean {
  return operation.op === "create" && state.type !== "flow";
}

/**
 * A 404 to a create without the `detail` that a Log API's has: as a rule a proxy's, while the
 * server behind it is being restarted.
 */
function isStrange({ request }: DocumentRequest, { body }: Failure): boolean {
  return request.method === "POST" && !(typeof body === "object" && body && "detail" in body);
}

/** Its parent is another process's log, which is not there (404) or takes no more (409). */
function isUnplaced({ operation, isUnderElsewhere, state }: Entry, statusCode: number): boolean {
  const isNew = operation.op === "create" && isUnderElsewhere && !state.isAlone;
  return isNew && (statusCode === 404 || statusCode === 409);
}

/** A 409 that says what an earlier try, whose answer was lost, has done. */
function isInAlready({ operation, state, unsure }: Entry): boolean {
  return (
    operation.op === "complete" || (unsure && operation.op === "create" && state.type === "flow")
  );
}
