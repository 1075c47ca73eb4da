import type { FastifyInstance } from "fastify";
import { notFound } from "../../domain/api-error.ts";
import { createFileViews, type FileView } from "../../domain/file-views.ts";
import { findVersionOf, requireFile, type UpsertFields, upsertFile } from "../../domain/files.ts";
import { toFileReference } from "../../domain/log-request.ts";
import type { FileRecord, LogType } from "../../store/records.ts";
import type { StoreReader } from "../../store/store.ts";
import { READ_AND_WRITE, READ_ONLY } from "../access-guard.ts";
import { read, type ServerContext, write } from "../context.ts";
import { environmentQuery, pathBody, upsertBodies } from "../schemas/files.ts";
import { targetQuery } from "../schemas/logs.ts";
import { type FilesQuery, filesQuery } from "../schemas/queries.ts";

const TYPES: readonly LogType[] = ["flow", "prompt", "tool"];

interface IdParams {
  readonly id: string;
}

interface Target {
  readonly version_id?: string;
  readonly environment?: string;
}

/** `/flows`, `/prompts`, `/tools`: list, upsert, one, its versions; and `/files` for all. */
export function addFileRoutes(server: FastifyInstance, context: ServerContext): void {
  for (const type of TYPES) addRoutesOfType(server, context, type);

  const all = { schema: { summary: "List files", tags: ["files"], querystring: filesQuery } };
  server.get<{ Querystring: FilesQuery }>("/files", all, async ({ query, projectId }) =>
    listFiles(read(context, projectId), TYPES, query),
  );

  const byPath = {
    // Read by POST, as a path may be longer than a URL.
    config: READ_ONLY,
    schema: {
      summary: "Get a file by its path",
      tags: ["files"],
      body: pathBody,
      querystring: environmentQuery,
    },
  };
  server.post<{ Body: { path: string }; Querystring: Target }>(
    "/files/retrieve-by-path",
    byPath,
    async ({ body, query, projectId }) => {
      const reader = read(context, projectId);
      const { path = "" } = toFileReference({ path: body.path });
      const file = await reader.findFileByPath(path);
      if (file === undefined) throw notFound(`File with path "${path}" not found.`);
      return viewOf(reader, file, query);
    },
  );
}

function addRoutesOfType(server: FastifyInstance, context: ServerContext, type: LogType): void {
  const list = { schema: { summary: `List ${type}s`, tags: ["files"], querystring: filesQuery } };
  server.get<{ Querystring: FilesQuery }>(`/${type}s`, list, async ({ query, projectId }) =>
    listFiles(read(context, projectId), [type], query),
  );

  const upsert = {
    // Answers with all that is stored of the file.
    config: READ_AND_WRITE,
    schema: { summary: `Create or update a ${type}`, tags: ["files"], body: upsertBodies[type] },
  };
  server.post<{ Body: UpsertFields }>(`/${type}s`, upsert, async ({ body, projectId }) => {
    const { file, version } = await write(context, projectId, (session) =>
      upsertFile(session, type, body),
    );
    return createFileViews(read(context, projectId)).view(file, version);
  });

  const one = { schema: { summary: `Get a ${type}`, tags: ["files"], querystring: targetQuery } };
  server.get<{ Params: IdParams; Querystring: Target }>(
    `/${type}s/:id`,
    one,
    async ({ params, query, projectId }) => {
      const reader = read(context, projectId);
      return viewOf(reader, await requireFile(reader, type, params.id), query);
    },
  );

  const versions = { schema: { summary: `List versions of a ${type}`, tags: ["files"] } };
  server.get<{ Params: IdParams }>(
    `/${type}s/:id/versions`,
    versions,
    async ({ params, projectId }) => {
      const reader = read(context, projectId);
      const file = await requireFile(reader, type, params.id);
      const views = createFileViews(reader);
      const records: FileView[] = [];
      for (const version of await reader.listVersions(file.id)) {
        records.push(await views.view(file, version));
      }
      return { records };
    },
  );
}

async function listFiles(
  reader: StoreReader,
  types: readonly LogType[],
  { page, size, name, sort_by: sortBy, order }: FilesQuery,
): Promise<unknown> {
  const found = await reader.listFiles({ types, page, size, name, sortBy, order });
  const views = createFileViews(reader);
  const records: FileView[] = [];
  for (const each of found.records) {
    const { file, version } = await findVersionOf(reader, each, {});
    records.push(await views.view(file, version));
  }
  return { records, page, size, total: found.total };
}

async function viewOf(reader: StoreReader, file: FileRecord, target: Target): Promise<FileView> {
  const { version } = await findVersionOf(reader, file, target);
  return createFileViews(reader).view(file, version);
}
