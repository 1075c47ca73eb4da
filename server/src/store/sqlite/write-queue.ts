import type { Connection } from "./connection.ts";
import { attempt } from "./transaction.ts";

/** How many writes share one commit at most. */
const MAX_WRITES_PER_COMMIT = 256;

interface Write {
  /** Runs inside the open transaction; gives what settles the caller once committed. */
  run(): Promise<() => void>;
  reject(error: unknown): void;
}

/** Runs writes one after another, those that wait together under one commit. */
export interface WriteQueue {
  add<T>(body: () => Promise<T>): Promise<T>;
  /** Resolves once nothing waits. */
  idle(): Promise<void>;
}

/**
 * Makes a queue over the one connection that writes.
 *
 * A commit waits for the disk, which costs more than the writing itself. Writes that come in
 * while another commit runs are therefore committed together, each under a savepoint: one that
 * throws undoes only itself. A caller hears of success only after the commit.
 */
export function createWriteQueue(connection: Connection): WriteQueue {
  const waiting: Write[] = [];
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    // Lets every request that has arrived by now join the first commit.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      await commitTogether(connection, waiting.splice(0, MAX_WRITES_PER_COMMIT));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    draining = undefined;
  }

  return {
    add: (body) =>
      new Promise((resolve, reject) => {
        const run = async () => {
          const result = await attempt(connection, body);
          return () => resolve(result);
        };
        waiting.push({ run, reject });
        draining ??= drain();
      }),
    idle: async () => {
      await draining;
    },
  };
}

async function commitTogether(connection: Connection, writes: readonly Write[]): Promise<void> {
  const done: { write: Write; settle: () => void }[] = [];
  try {
    connection.run("BEGIN IMMEDIATE");
    for (const write of writes) {
      try {
        done.push({ write, settle: await write.run() });
      } catch (error) {
        // A full disk ends the whole transaction; what follows must not run outside one.
        if (!connection.database.inTransaction) throw error;
        write.reject(error);
      }
    }
    connection.run("COMMIT");
  } catch (error) {
    if (connection.database.inTransaction) connection.run("ROLLBACK");
    for (const write of writes) write.reject(error);
    return;
  }
  for (const { settle } of done) settle();
}
