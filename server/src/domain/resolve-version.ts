import type { FileRecord, LogType, VersionRecord } from "../store/records.ts";
import { DEFAULT_ENVIRONMENT_NAME, type StoreReader } from "../store/store.ts";
import { conflict, invalidField, notFound } from "./api-error.ts";
import { ID_PREFIXES, newId } from "./ids.ts";
import { hashKernel, type Kernel } from "./kernel.ts";
import type { FileReference, VersionTarget } from "./log-request.ts";
import type { WriteSession } from "./write-session.ts";

/** The version a request means, and its file. */
export interface ResolvedVersion {
  readonly file: FileRecord;
  readonly version: VersionRecord;
}

/** What a file's kind is called in messages. */
export const TYPE_NAMES: Readonly<Record<LogType, string>> = {
  flow: "Flow",
  prompt: "Prompt",
  tool: "Tool",
};

/** The kernel of a new file that came without details. A Prompt can't do without a model. */
const EMPTY_KERNELS: Readonly<Partial<Record<LogType, Kernel>>> = {
  flow: { attributes: {} },
  tool: {},
};

/**
 * Finds the version that a log or an upsert means, making the file and the version where its
 * details are new: by `version_id` or the environment it is deployed to, by the details, or the
 * one deployed by default.
 *
 * @throws {ApiError} 404 for what doesn't exist or isn't deployed, 409 for a path that another
 * kind of file has, 422 for neither path nor id, both query parameters, or details that differ
 * from the version the query names.
 */
export async function resolveVersion(
  session: WriteSession,
  type: LogType,
  reference: FileReference,
  target: VersionTarget,
): Promise<ResolvedVersion> {
  if (target.versionId !== undefined && target.environment !== undefined) {
    throw invalidField(
      ["query", "environment"],
      "Give either version_id or environment, not both.",
    );
  }
  const isQueried = target.versionId !== undefined || target.environment !== undefined;
  const file = await findFile(session, type, reference);
  if (file === undefined) {
    const kernel = target.kernel ?? EMPTY_KERNELS[type];
    if (isQueried || kernel === undefined) {
      const hint = isQueried ? "" : ` Give its details in "${type}" to create it.`;
      throw notFound(`${TYPE_NAMES[type]} with path "${reference.path}" not found.${hint}`);
    }
    return createFile(session, type, reference.path as string, kernel);
  }
  if (target.kernel !== undefined && !isQueried) {
    return { file, version: await findOrCreateVersion(session, file, target.kernel) };
  }
  const version = await findTarget(session, file, target);
  if (target.kernel !== undefined && hashKernel(type, target.kernel) !== version.hash) {
    throw invalidField(
      ["body", type],
      `The details differ from version "${version.id}", which the query names.`,
    );
  }
  return { file, version };
}

/**
 * Finds the file a request names; `undefined` where its path is new.
 *
 * @throws {ApiError} 404 for an unknown id, 409 for a path of another kind, 422 for neither.
 */
export async function findFile(
  session: WriteSession,
  type: LogType,
  { id, path }: FileReference,
): Promise<FileRecord | undefined> {
  if (id !== undefined) {
    const file = await session.findFile(id);
    if (file?.type !== type) throw notFound(`${TYPE_NAMES[type]} with id "${id}" not found.`);
    if (path !== undefined && path !== file.path) {
      throw conflict(`${TYPE_NAMES[type]} "${id}" has the path "${file.path}", not "${path}".`);
    }
    return file;
  }
  if (path === undefined || path === "") {
    throw invalidField(["body", "path"], "Field required: give path or id.", "missing");
  }
  const file = await session.findFileByPath(path);
  if (file !== undefined && file.type !== type) {
    throw conflict(`Path "${path}" belongs to a ${TYPE_NAMES[file.type]}.`);
  }
  return file;
}

/**
 * Finds the version deployed to the environment of that name.
 *
 * @throws {ApiError} 404 where there is no such environment, or nothing is deployed to it.
 */
export async function findDeployed(
  reader: StoreReader,
  file: FileRecord,
  environmentName: string,
): Promise<VersionRecord> {
  const environments = await reader.listEnvironments();
  const environment = environments.find(({ name }) => name === environmentName);
  if (environment === undefined) throw notFound(`Environment "${environmentName}" not found.`);
  const deployments = await reader.listDeployments(file.id);
  const deployed = deployments.find(({ environmentId }) => environmentId === environment.id);
  const version = deployed && (await reader.findVersion(deployed.versionId));
  if (version === undefined) {
    throw notFound(`No version of "${file.path}" is deployed to "${environmentName}".`);
  }
  return version;
}

async function findTarget(
  session: WriteSession,
  file: FileRecord,
  { versionId, environment }: VersionTarget,
): Promise<VersionRecord> {
  if (versionId === undefined) {
    return findDeployed(session.transaction, file, environment ?? DEFAULT_ENVIRONMENT_NAME);
  }
  const version = await session.transaction.findVersion(versionId);
  if (version?.fileId !== file.id) {
    throw notFound(`Version "${versionId}" of "${file.path}" not found.`);
  }
  return version;
}

async function createFile(
  session: WriteSession,
  type: LogType,
  path: string,
  kernel: Kernel,
): Promise<ResolvedVersion> {
  const file: FileRecord = {
    id: newId(ID_PREFIXES[type].file),
    type,
    path,
    createdMicros: session.nowMicros,
    updatedMicros: session.nowMicros,
    detailsJson: "{}",
  };
  await session.transaction.insertFile(file);
  const version = await findOrCreateVersion(session, file, kernel);
  const environments = await session.environments();
  const environment = environments.find(({ tag }) => tag === "default");
  if (environment !== undefined) {
    await session.transaction.putDeployment({
      fileId: file.id,
      environmentId: environment.id,
      versionId: version.id,
    });
  }
  return { file, version };
}

async function findOrCreateVersion(
  session: WriteSession,
  file: FileRecord,
  kernel: Kernel,
): Promise<VersionRecord> {
  const kernelJson = JSON.stringify(kernel);
  const version = await session.findVersion(file.id, kernelJson, async () => {
    const hash = hashKernel(file.type, kernel);
    const known = await session.transaction.findVersionByHash(file.id, hash);
    return known ?? createVersion(session, file, kernelJson, hash);
  });
  return version as VersionRecord;
}

async function createVersion(
  session: WriteSession,
  file: FileRecord,
  kernelJson: string,
  hash: string,
): Promise<VersionRecord> {
  const version: VersionRecord = {
    id: newId(ID_PREFIXES[file.type].version),
    fileId: file.id,
    hash,
    kernelJson,
    createdMicros: session.nowMicros,
    lastUsedMicros: session.nowMicros,
    logsCount: 0,
  };
  await session.transaction.insertVersion(version);
  await session.transaction.updateFile({ ...file, updatedMicros: session.nowMicros });
  return version;
}
