import { Kysely, SqliteDialect } from "kysely";
import Database from "libsql";
import type { Tables } from "./tables.ts";

/** How many prepared statements one connection keeps. */
const MAX_STATEMENTS = 200;

/** How long a statement waits for another process's lock, in milliseconds. */
const BUSY_TIMEOUT_MILLIS = 5_000;

type Statement = ReturnType<Database.Database["prepare"]>;

/** One connection to the database file: kysely for most, prepared statements where it counts. */
export interface Connection {
  readonly database: Database.Database;
  readonly query: Kysely<Tables>;
  /** Prepares a statement, or gives the one prepared before for the same text. */
  prepare(sql: string): Statement;
  /** Runs a prepared statement that gives no rows. */
  run(sql: string, parameters?: readonly unknown[]): void;
  close(): void;
}

/** Opens a connection. Every commit is on disk before it is answered (WAL, synchronous FULL). */
export function connect(file: string): Connection {
  const database = new Database(file);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MILLIS}`);
  // Asks for its row with all(): a row left unread keeps the statement, and so its lock, open.
  database.prepare("PRAGMA journal_mode = WAL").all();
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA foreign_keys = ON");

  const prepare = cachedPrepare(database);
  const query = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: { prepare, close: () => undefined } }),
  });
  return {
    database,
    query,
    prepare,
    run: (text, parameters = []) => {
      prepare(text).run(parameters);
    },
    close: () => database.close(),
  };
}

function cachedPrepare(database: Database.Database): (sql: string) => Statement {
  const statements = new Map<string, Statement>();
  return (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
}
