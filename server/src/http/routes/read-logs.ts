import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import { notFound } from "../../domain/api-error.ts";
import { deleteLogs } from "../../domain/delete-logs.ts";
import { createLogViews } from "../../domain/log-views.ts";
import { findLog } from "../../domain/projection/find-log.ts";
import { parseTime } from "../../domain/time.ts";
import type { StoreReader } from "../../store/store.ts";
import { read, type ServerContext, write } from "../context.ts";
import { deleteQuery, type LogsQuery, logsQuery } from "../schemas/queries.ts";
import { sendJson } from "../send-json.ts";

/** `GET /logs`, `GET /logs/{id}` and `DELETE /logs`. */
export function addReadLogRoutes(server: FastifyInstance, context: ServerContext): void {
  const list = {
    schema: { summary: "List logs of a file", tags: ["logs"], querystring: logsQuery },
  };
  server.get<{ Querystring: LogsQuery }>("/logs", list, async ({ query, projectId }, reply) => {
    return sendJson(reply, await listLogs(read(context, projectId), query));
  });

  const one = { schema: { summary: "Get a log with the logs below it", tags: ["logs"] } };
  server.get<{ Params: { id: string } }>(
    "/logs/:id",
    one,
    async ({ params, headers, projectId }, reply): Promise<FastifyReply> => {
      // Asked before reading: what is written meanwhile then counts as newer.
      const etag = etagOf(projectId, await context.store.revision());
      if (headers["if-none-match"] === etag) return reply.code(304).header("etag", etag).send();

      const reader = read(context, projectId);
      const log = await findLog(reader, params.id);
      if (log === undefined) throw notFound(`Log "${params.id}" not found.`);
      const json = await createLogViews(reader).treeJson(log);
      return sendJson(reply.headers({ etag, "cache-control": "private, no-cache" }), json);
    },
  );

  const remove = {
    schema: { summary: "Delete logs", tags: ["logs"], querystring: deleteQuery },
  };
  server.delete<{ Querystring: { id: readonly string[] } }>(
    "/logs",
    remove,
    async ({ query, projectId }, reply): Promise<FastifyReply> => {
      await write(context, projectId, (session) => deleteLogs(session, query.id));
      return reply.code(204).send();
    },
  );
}

/**
 * Another text for each project: a browser that signs in to a second one must not be told that
 * what it has of the first is still right. Hashed, as the revision counts everybody's writes.
 */
function etagOf(projectId: string, revision: string): string {
  const hash = createHash("sha256").update(`${projectId} ${revision}`).digest("base64url");
  return `"${hash}"`;
}

async function listLogs(reader: StoreReader, query: LogsQuery): Promise<string> {
  if ((await reader.findFile(query.file_id)) === undefined) {
    throw notFound(`File "${query.file_id}" not found.`);
  }
  const { records, total } = await reader.listLogs({
    fileId: query.file_id,
    page: query.page,
    size: query.size,
    versionId: query.version_id,
    idParts: query.id,
    search: query.search,
    metadataSearch: query.metadata_search,
    fromMicros: query.start_date === undefined ? undefined : parseTime(query.start_date),
    toMicros: query.end_date === undefined ? undefined : parseTime(query.end_date),
    inTrace: query.in_trace_filter,
    sample: query.sample,
  });
  const views = createLogViews(reader);
  const texts: string[] = [];
  for (const log of records) {
    texts.push(await (query.include_trace_children ? views.treeJson(log) : views.logJson(log)));
  }
  const { page, size } = query;
  return `{"records":[${texts.join(",")}],"page":${page},"size":${size},"total":${total}}`;
}
