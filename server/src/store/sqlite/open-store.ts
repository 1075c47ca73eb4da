import { randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Store } from "../store.ts";
import { StoreOpenError } from "../store-open-error.ts";
import { type Connection, connect } from "./connection.ts";
import { createKeyStore } from "./keys.ts";
import { migrate, moveLogIntoFile, SCHEMA_VERSION, schemaVersion } from "./migrations.ts";
import { createReader } from "./reader.ts";
import { createTransaction } from "./transaction.ts";
import { createWriteQueue } from "./write-queue.ts";

const FILE_NAME = "flowspan.db";

// https://www.sqlite.org/fileformat2.html#the_database_header
const HEADER_BYTES = 100;
const HEADER_MAGIC = "SQLite format 3\u0000";
const PAGE_COUNT_OFFSET = 28;
const USER_VERSION_OFFSET = 60;

/** Where the embedded store keeps its file. */
export interface OpenStoreOptions {
  /** A folder; made where it doesn't exist, readable by its owner only. */
  readonly dataDir: string;
}

/**
 * Opens the embedded store, making or migrating its database.
 *
 * @throws {StoreOpenError} in one line, where the folder can't be made or written, or was
 * written by a newer version; nothing on disk has changed then.
 */
export async function openStore({ dataDir }: OpenStoreOptions): Promise<Store> {
  const file = join(dataDir, FILE_NAME);
  const connections: Connection[] = [];
  try {
    if (existsSync(file)) refuseForeignFile(file, dataDir);
    makeFolder(dataDir);
    connections.push(connect(file), connect(file));
    const [writer, reader] = connections as [Connection, Connection];
    refuseNewer(schemaVersion(writer.database), dataDir);
    migrate(writer.database);
    return createStore(writer, reader);
  } catch (error) {
    for (const connection of connections) connection.close();
    if (error instanceof StoreOpenError) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new StoreOpenError(
      `data folder: expected a folder that can be written, got ${dataDir} (${reason}). ` +
        "Choose another with --data.",
      { cause: error },
    );
  }
}

/** Whether the folder holds a store's database, of whatever version. */
export function hasStore({ dataDir }: OpenStoreOptions): boolean {
  return existsSync(join(dataDir, FILE_NAME));
}

function createStore(writer: Connection, reader: Connection): Store {
  const queue = createWriteQueue(writer);
  const opening = randomUUID();
  let closed: Promise<void> | undefined;
  return {
    keys: createKeyStore(reader, writer, queue),
    read: (projectId) => createReader(reader, projectId),
    // Counts what other connections committed; this one never writes.
    revision: async () => {
      const [row] = reader.prepare("PRAGMA data_version").all([]) as { data_version: number }[];
      return `${opening}-${row?.data_version}`;
    },
    write: (projectId, body) =>
      queue.add(() => body(createTransaction(writer, projectId, createReader(writer, projectId)))),
    // SQLite writes a row that is set to what it is; a transaction without writes would not.
    checkWritable: () => queue.add(async () => writer.run("UPDATE projects SET name = name")),
    close: () => {
      closed ??= queue.idle().then(() => {
        reader.close();
        // libsql lets a file go only once nothing refers to it, so the log is moved here.
        moveLogIntoFile(writer.database);
        writer.close();
      });
      return closed;
    },
  };
}

/** Makes missing folders one by one: mkdir's own recursion never ends below `/proc`. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Looks at the header's bytes only: opening the database would already write beside it. */
function refuseForeignFile(file: string, dataDir: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  // Opened to write: SQLite would open a file that can't be written, and refuse only the writes.
  const handle = openSync(file, "r+");
  const bytesRead = readSync(handle, header, 0, HEADER_BYTES, 0);
  closeSync(handle);
  if (bytesRead === 0) return;
  const version = header.readUInt32BE(USER_VERSION_OFFSET);
  // Ours has its version from its second page on; the first alone is a database that holds nothing.
  const isForeign = version === 0 && header.readUInt32BE(PAGE_COUNT_OFFSET) > 1;
  if (isForeign || header.toString("latin1", 0, HEADER_MAGIC.length) !== HEADER_MAGIC) {
    throw new StoreOpenError(
      `data folder: expected ${FILE_NAME} to be a flowspan database, got another file in ${dataDir}. ` +
        "Choose another folder with --data.",
    );
  }
  refuseNewer(version, dataDir);
}

function refuseNewer(version: number, dataDir: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new StoreOpenError(
    `data folder: expected schema version ${SCHEMA_VERSION} or older, got ${version} in ${dataDir}. ` +
      "A newer flowspan wrote it: update flowspan, or choose another folder with --data.",
  );
}
