import type { FastifyInstance, FastifyReply } from "fastify";
import { createFileViews, type FileView, toEnvironmentView } from "../../domain/file-views.ts";
import {
  addEnvironment,
  requireEnvironment,
  requireFile,
  requireVersion,
} from "../../domain/files.ts";
import type { LogType } from "../../store/records.ts";
import type { StoreReader } from "../../store/store.ts";
import { READ_AND_WRITE } from "../access-guard.ts";
import { read, type ServerContext, write } from "../context.ts";
import { deployQuery, environmentBody } from "../schemas/files.ts";

interface FileParams {
  readonly id: string;
}

interface DeploymentParams extends FileParams {
  readonly environment_id: string;
}

/** Environments of the project, and what of a file is deployed to each. */
export function addEnvironmentRoutes(server: FastifyInstance, context: ServerContext): void {
  const tags = ["environments"];
  server.get(
    "/environments",
    { schema: { summary: "List environments", tags } },
    async ({ projectId }) =>
      (await read(context, projectId).listEnvironments()).map(toEnvironmentView),
  );
  server.post<{ Body: { name: string } }>(
    "/environments",
    { schema: { summary: "Create an environment", tags, body: environmentBody } },
    async ({ body, projectId }) =>
      toEnvironmentView(
        await write(context, projectId, (session) => addEnvironment(session, body.name)),
      ),
  );
  for (const type of ["flow", "prompt", "tool"] as const)
    addDeploymentRoutes(server, context, type);
}

function addDeploymentRoutes(server: FastifyInstance, context: ServerContext, type: LogType): void {
  const tags = ["environments"];
  server.get<{ Params: FileParams }>(
    `/${type}s/:id/environments`,
    { schema: { summary: `List environments of a ${type}`, tags } },
    async ({ params, projectId }) => listDeployments(read(context, projectId), type, params.id),
  );

  server.post<{ Params: DeploymentParams; Querystring: { version_id: string } }>(
    `/${type}s/:id/environments/:environment_id`,
    {
      // Answers with what is stored of the version.
      config: READ_AND_WRITE,
      schema: { summary: `Deploy a version of a ${type}`, tags, querystring: deployQuery },
    },
    async ({ params, query, projectId }) => {
      const { file, version } = await write(context, projectId, async ({ transaction }) => {
        const file = await requireFile(transaction, type, params.id);
        const { id } = await requireEnvironment(transaction, params.environment_id);
        const version = await requireVersion(transaction, file, query.version_id);
        await transaction.putDeployment({
          fileId: file.id,
          environmentId: id,
          versionId: version.id,
        });
        return { file, version };
      });
      return createFileViews(read(context, projectId)).view(file, version);
    },
  );

  server.delete<{ Params: DeploymentParams }>(
    `/${type}s/:id/environments/:environment_id`,
    { schema: { summary: `Remove a deployment of a ${type}`, tags } },
    async ({ params, projectId }, reply): Promise<FastifyReply> => {
      await write(context, projectId, async ({ transaction }) => {
        const file = await requireFile(transaction, type, params.id);
        const { id } = await requireEnvironment(transaction, params.environment_id);
        await transaction.deleteDeployment(file.id, id);
      });
      return reply.code(204).send();
    },
  );
}

async function listDeployments(
  reader: StoreReader,
  type: LogType,
  fileId: string,
): Promise<readonly FileView[]> {
  const file = await requireFile(reader, type, fileId);
  const deployments = await reader.listDeployments(file.id);
  const views = createFileViews(reader);
  const answered: FileView[] = [];
  for (const environment of await reader.listEnvironments()) {
    const deployed = deployments.find(({ environmentId }) => environmentId === environment.id);
    const version = deployed && (await reader.findVersion(deployed.versionId));
    const view = version && (await views.view(file, version));
    answered.push({ ...toEnvironmentView(environment), file: view });
  }
  return answered;
}
