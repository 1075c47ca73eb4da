import type { Database } from "libsql";
import { DEFAULT_ENVIRONMENT_NAME, DEFAULT_PROJECT_ID } from "../store.ts";

/**
 * The steps from an empty database to the newest schema. A step is never changed once
 * released; the number of steps taken is kept in the database as `user_version`.
 *
 * `trace_id` leads the key that traces are read by, so that a distributed engine can place a
 * trace's rows together. `sequence` is the order of arrival.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_micros INTEGER NOT NULL);

  CREATE TABLE environments (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects(id), name TEXT NOT NULL,
    tag TEXT NOT NULL, created_micros INTEGER NOT NULL, UNIQUE (project_id, name)
  );

  CREATE TABLE files (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects(id), type TEXT NOT NULL,
    path TEXT NOT NULL, name TEXT NOT NULL, created_micros INTEGER NOT NULL,
    updated_micros INTEGER NOT NULL, details TEXT NOT NULL, UNIQUE (project_id, path)
  );

  CREATE TABLE versions (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects(id),
    file_id TEXT NOT NULL REFERENCES files(id), hash TEXT NOT NULL, kernel TEXT NOT NULL,
    name TEXT, description TEXT, created_micros INTEGER NOT NULL,
    last_used_micros INTEGER NOT NULL, logs_count INTEGER NOT NULL,
    UNIQUE (file_id, hash), UNIQUE (file_id, name)
  );

  CREATE TABLE deployments (
    project_id TEXT NOT NULL REFERENCES projects(id),
    file_id TEXT NOT NULL REFERENCES files(id),
    environment_id TEXT NOT NULL REFERENCES environments(id),
    version_id TEXT NOT NULL REFERENCES versions(id),
    PRIMARY KEY (file_id, environment_id)
  );

  CREATE TABLE logs (
    sequence INTEGER PRIMARY KEY,
    trace_id TEXT NOT NULL, project_id TEXT NOT NULL, id TEXT NOT NULL, parent_id TEXT,
    type TEXT NOT NULL, file_id TEXT NOT NULL, version_id TEXT NOT NULL, status TEXT,
    start_micros INTEGER, end_micros INTEGER, created_micros INTEGER NOT NULL,
    save INTEGER NOT NULL, late INTEGER NOT NULL, has_error INTEGER NOT NULL, user TEXT,
    prompt_tokens INTEGER, output_tokens INTEGER, cost REAL, fields TEXT NOT NULL
  );
  CREATE INDEX logs_by_parent ON logs (trace_id, project_id, parent_id, id);
  CREATE UNIQUE INDEX logs_by_id ON logs (project_id, id);
  CREATE INDEX logs_by_file ON logs (file_id, created_micros, sequence);
  CREATE INDEX logs_topmost ON logs (project_id, created_micros, sequence) WHERE parent_id IS NULL;

  INSERT INTO projects VALUES ('${DEFAULT_PROJECT_ID}', 'default', unixepoch() * 1000000);
  INSERT INTO environments VALUES (
    'env_default', '${DEFAULT_PROJECT_ID}', '${DEFAULT_ENVIRONMENT_NAME}', 'default',
    unixepoch() * 1000000
  );
  `,
  `
  CREATE UNIQUE INDEX projects_by_name ON projects (name);

  CREATE TABLE keys (
    id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects(id), name TEXT NOT NULL,
    scopes TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, created_micros INTEGER NOT NULL,
    last_used_micros INTEGER, expires_micros INTEGER, revoked_micros INTEGER
  );

  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY, key_id TEXT REFERENCES keys(id), expires_micros INTEGER NOT NULL
  );
  CREATE INDEX sessions_by_end ON sessions (expires_micros);
  `,
  `
  ALTER TABLE logs ADD COLUMN waits_for TEXT;
  UPDATE logs SET waits_for = iif(
    EXISTS (SELECT 1 FROM logs AS root
      WHERE root.project_id = logs.project_id AND root.id = logs.trace_id),
    'parent', 'root'
  )
  WHERE parent_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM logs AS parent
    WHERE parent.project_id = logs.project_id AND parent.id = logs.parent_id
  );
  CREATE INDEX logs_waiting ON logs (trace_id, project_id) WHERE waits_for IS NOT NULL;
  DROP INDEX logs_topmost;
  CREATE INDEX logs_topmost ON logs (project_id, created_micros, sequence)
    WHERE parent_id IS NULL OR waits_for = 'root';
  `,
  `
  CREATE TABLE spans (
    trace_id TEXT NOT NULL, project_id TEXT NOT NULL, span_id TEXT NOT NULL,
    ended INTEGER NOT NULL, span TEXT NOT NULL
  );
  CREATE UNIQUE INDEX spans_by_id ON spans (trace_id, project_id, span_id);
  CREATE TABLE span_events (
    trace_id TEXT NOT NULL, project_id TEXT NOT NULL, span_id TEXT NOT NULL,
    place TEXT NOT NULL, event TEXT NOT NULL
  );
  CREATE INDEX span_events_by_span ON span_events (trace_id, project_id, span_id, place);
  CREATE TABLE stale_traces (
    trace_id TEXT NOT NULL, project_id TEXT NOT NULL, spans INTEGER NOT NULL,
    PRIMARY KEY (trace_id, project_id)
  );

  ALTER TABLE logs ADD COLUMN origin TEXT;
  ALTER TABLE logs ADD COLUMN projection_hash TEXT;
  ALTER TABLE logs ADD COLUMN span_fields TEXT;
  `,
];

/** The schema version this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/** Takes every step the database hasn't taken, in one transaction. */
export function migrate(database: Database): void {
  if (schemaVersion(database) === SCHEMA_VERSION) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const step of MIGRATIONS.slice(schemaVersion(database))) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
  // The version is looked for in the file's header before the database is opened.
  moveLogIntoFile(database);
}

/** Moves everything from the write-ahead log into the database file, and empties the log. */
export function moveLogIntoFile(database: Database): void {
  database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
}

/** The schema version the database was written with. */
export function schemaVersion(database: Database): number {
  const row: unknown = database.prepare("PRAGMA user_version").all()[0];
  return (row as { user_version: number }).user_version;
}
