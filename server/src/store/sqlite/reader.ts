import { sql } from "kysely";
import type { LogHeader } from "../records.ts";
import type { StoreReader } from "../store.ts";
import type { Connection } from "./connection.ts";
import { selectFiles } from "./file-queries.ts";
import { selectLogs, selectTree } from "./log-queries.ts";
import type { HeaderRow } from "./rows.ts";
import {
  HEADER_COLUMNS,
  rowToEnvironment,
  rowToFile,
  rowToHeader,
  rowToLog,
  rowToVersion,
} from "./rows.ts";
import { createSpanReader } from "./spans.ts";
import type { LogRow } from "./tables.ts";
import { selectTraces } from "./trace-queries.ts";

// Asked for every log, so they are prepared once instead of compiled each time.
const IN_TRACE = "SELECT 1 FROM logs WHERE trace_id = ? AND project_id = ? LIMIT 1";
const BELOW_PARENT =
  "SELECT 1 FROM logs WHERE trace_id = ? AND project_id = ? AND parent_id = ? LIMIT 1";
const FIND_HEADER = `SELECT ${HEADER_COLUMNS.join(", ")} FROM logs WHERE project_id = ? AND id = ?`;

/** Reads one project over the given connection. */
export function createReader(connection: Connection, projectId: string): StoreReader {
  const { query } = connection;
  const from = {
    logs: () => query.selectFrom("logs").where("project_id", "=", projectId).selectAll(),
    files: () => query.selectFrom("files").where("project_id", "=", projectId).selectAll(),
    versions: () => query.selectFrom("versions").where("project_id", "=", projectId).selectAll(),
  };

  return {
    findLogHeader: async (logId) => findHeader(connection, projectId, logId),
    findLog: async (logId) => {
      const row = await from.logs().where("id", "=", logId).executeTakeFirst();
      return row && rowToLog(row);
    },
    hasLogsIn: async (traceId, parentId) => {
      const statement = connection.prepare(parentId === undefined ? IN_TRACE : BELOW_PARENT);
      const values = [traceId, projectId, ...(parentId === undefined ? [] : [parentId])];
      return statement.all(values).length > 0;
    },
    listLogTree: async (top) => (await selectTree<LogRow>(query, projectId, top)).map(rowToLog),
    listTreeHeaders: async (top) =>
      (await selectTree<HeaderRow>(query, projectId, top, HEADER_COLUMNS)).map(rowToHeader),
    ...createSpanReader(connection, projectId),
    listLogs: (filter) => selectLogs(query, projectId, filter),
    listTraces: (filter) => selectTraces(query, projectId, filter),
    findFile: async (fileId) => {
      const row = await from.files().where("id", "=", fileId).executeTakeFirst();
      return row && rowToFile(row);
    },
    findFileByPath: async (path) => {
      const row = await from.files().where("path", "=", path).executeTakeFirst();
      return row && rowToFile(row);
    },
    listFiles: (filter) => selectFiles(query, projectId, filter),
    findVersion: async (versionId) => {
      const row = await from.versions().where("id", "=", versionId).executeTakeFirst();
      return row && rowToVersion(row);
    },
    findVersionByHash: async (fileId, hash) => {
      const row = await from
        .versions()
        .where("file_id", "=", fileId)
        .where("hash", "=", hash)
        .executeTakeFirst();
      return row && rowToVersion(row);
    },
    listVersions: async (fileId) => {
      const rows = await from
        .versions()
        .where("file_id", "=", fileId)
        .orderBy("created_micros", "desc")
        .orderBy(sql`rowid`, "desc")
        .execute();
      return rows.map(rowToVersion);
    },
    countFileLogs: async (fileId) => {
      const row = await query
        .selectFrom("versions")
        .where("project_id", "=", projectId)
        .where("file_id", "=", fileId)
        .select((is) => is.fn.sum<number | null>("logs_count").as("logs"))
        .executeTakeFirst();
      return row?.logs ?? 0;
    },
    listEnvironments: async () => {
      const rows = await query
        .selectFrom("environments")
        .where("project_id", "=", projectId)
        .selectAll()
        .orderBy("tag")
        .orderBy("created_micros")
        .orderBy("name")
        .execute();
      return rows.map(rowToEnvironment);
    },
    listDeployments: async (fileId) => {
      const rows = await query
        .selectFrom("deployments")
        .where("project_id", "=", projectId)
        .where("file_id", "=", fileId)
        .selectAll()
        .execute();
      return rows.map((row) => ({
        fileId: row.file_id,
        environmentId: row.environment_id,
        versionId: row.version_id,
      }));
    },
  };
}

function findHeader(
  connection: Connection,
  projectId: string,
  logId: string,
): LogHeader | undefined {
  const [row] = connection.prepare(FIND_HEADER).all([projectId, logId]) as HeaderRow[];
  return row && rowToHeader(row);
}
