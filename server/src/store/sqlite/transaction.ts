import { sql } from "kysely";
import type { FileRecord } from "../records.ts";
import type { StoreReader, StoreTransaction } from "../store.ts";
import type { Connection } from "./connection.ts";
import { logToRow } from "./rows.ts";
import { createSpanWriter } from "./spans.ts";
import type { LogRow, Tables } from "./tables.ts";

const LOG_COLUMNS = [
  "trace_id",
  "project_id",
  "id",
  "parent_id",
  "type",
  "file_id",
  "version_id",
  "status",
  "start_micros",
  "end_micros",
  "created_micros",
  "save",
  "late",
  "has_error",
  "user",
  "prompt_tokens",
  "output_tokens",
  "cost",
  "fields",
  "waits_for",
  "origin",
  "projection_hash",
  "span_fields",
] as const satisfies readonly (keyof LogRow)[];

// The statements of every log are prepared once; kysely would compile them each time.
const INSERT_LOG = `INSERT INTO logs (${LOG_COLUMNS.join(", ")})
  VALUES (${LOG_COLUMNS.map(() => "?").join(", ")})`;
const UPDATE_LOG = `UPDATE logs SET ${LOG_COLUMNS.map((column) => `${column} = ?`).join(", ")}
  WHERE trace_id = ? AND project_id = ? AND id = ?`;
const SET_TIMES =
  "UPDATE logs SET start_micros = ?, end_micros = ? WHERE trace_id = ? AND project_id = ? AND id = ?";

const PLACE_LOG = `UPDATE logs SET trace_id = ?, parent_id = ?, waits_for = ?
  WHERE project_id = ? AND id = ?`;

const MOVE_TRACE = "UPDATE logs SET trace_id = ? WHERE trace_id = ? AND project_id = ?";

const END_WAITING = `UPDATE logs SET waits_for = NULL
  WHERE trace_id = ? AND project_id = ? AND parent_id = ? AND waits_for IS NOT NULL`;
const END_WAITING_FOR_ROOT = `UPDATE logs SET waits_for = 'parent'
  WHERE trace_id = ? AND project_id = ? AND waits_for IS NOT NULL AND waits_for = 'root'`;

const DELETE_LOG = "DELETE FROM logs WHERE project_id = ? AND id = ?";

/** Writes one project inside the transaction that the connection has open. */
export function createTransaction(
  connection: Connection,
  projectId: string,
  reader: StoreReader,
): StoreTransaction {
  const { query, run } = connection;
  return {
    ...reader,
    attempt: (body) => attempt(connection, body),
    insertLog: async (log) => {
      const row = logToRow(projectId, log);
      run(
        INSERT_LOG,
        LOG_COLUMNS.map((column) => row[column]),
      );
    },
    updateLog: async (log) => {
      const row = logToRow(projectId, log);
      const values = LOG_COLUMNS.map((column) => row[column]);
      run(UPDATE_LOG, [...values, log.traceId, projectId, log.id]);
    },
    placeLog: async ({ id, traceId, parentId, waitsFor }) => {
      run(PLACE_LOG, [traceId, parentId ?? null, waitsFor ?? null, projectId, id]);
    },
    ...createSpanWriter(connection, projectId),
    setLogTimes: async ({ id, traceId, startMicros, endMicros }) => {
      run(SET_TIMES, [startMicros ?? null, endMicros ?? null, traceId, projectId, id]);
    },
    moveTrace: async (fromTraceId, toTraceId) => {
      run(MOVE_TRACE, [toTraceId, fromTraceId, projectId]);
    },
    endWaiting: async (traceId, parentId) => {
      run(END_WAITING, [traceId, projectId, parentId]);
    },
    endWaitingForRoot: async (traceId) => {
      run(END_WAITING_FOR_ROOT, [traceId, projectId]);
    },
    deleteLogs: async (logIds) => {
      for (const logId of logIds) run(DELETE_LOG, [projectId, logId]);
    },
    insertFile: async (file) => {
      await query.insertInto("files").values(fileToRow(projectId, file)).execute();
    },
    updateFile: async (file) => {
      await query
        .updateTable("files")
        .set(fileToRow(projectId, file))
        .where("project_id", "=", projectId)
        .where("id", "=", file.id)
        .execute();
    },
    insertVersion: async (version) => {
      const row = {
        id: version.id,
        project_id: projectId,
        file_id: version.fileId,
        hash: version.hash,
        kernel: version.kernelJson,
        name: version.name ?? null,
        description: version.description ?? null,
        created_micros: version.createdMicros,
        last_used_micros: version.lastUsedMicros,
        logs_count: version.logsCount,
      };
      await query.insertInto("versions").values(row).execute();
    },
    updateVersion: async ({ id, name, description }) => {
      await query
        .updateTable("versions")
        .set({ name: name ?? null, description: description ?? null })
        .where("project_id", "=", projectId)
        .where("id", "=", id)
        .execute();
    },
    countUses: async (versionId, logs, lastUsedMicros) => {
      await query
        .updateTable("versions")
        .set({
          logs_count: sql`logs_count + ${logs}`,
          last_used_micros: sql`max(last_used_micros, ${lastUsedMicros})`,
        })
        .where("project_id", "=", projectId)
        .where("id", "=", versionId)
        .execute();
    },
    insertEnvironment: async ({ id, name, tag, createdMicros }) => {
      const row = { id, project_id: projectId, name, tag, created_micros: createdMicros };
      await query.insertInto("environments").values(row).execute();
    },
    putDeployment: async ({ fileId, environmentId, versionId }) => {
      const row = {
        project_id: projectId,
        file_id: fileId,
        environment_id: environmentId,
        version_id: versionId,
      };
      await query
        .insertInto("deployments")
        .values(row)
        .onConflict((on) => on.columns(["file_id", "environment_id"]).doUpdateSet(row))
        .execute();
    },
    deleteDeployment: async (fileId, environmentId) => {
      await query
        .deleteFrom("deployments")
        .where("project_id", "=", projectId)
        .where("file_id", "=", fileId)
        .where("environment_id", "=", environmentId)
        .execute();
    },
  };
}

/** Runs the body under a savepoint of its own. */
export async function attempt<T>({ run }: Connection, body: () => Promise<T>): Promise<T> {
  run("SAVEPOINT attempt");
  try {
    const result = await body();
    run("RELEASE attempt");
    return result;
  } catch (error) {
    run("ROLLBACK TO attempt");
    run("RELEASE attempt");
    throw error;
  }
}

function fileToRow(projectId: string, file: FileRecord): Tables["files"] {
  return {
    id: file.id,
    project_id: projectId,
    type: file.type,
    path: file.path,
    name: file.path.slice(file.path.lastIndexOf("/") + 1),
    created_micros: file.createdMicros,
    updated_micros: file.updatedMicros,
    details: file.detailsJson,
  };
}
