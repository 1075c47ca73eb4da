import type { EnvironmentRecord, FileRecord, LogType, VersionRecord } from "../store/records.ts";
import { DEFAULT_ENVIRONMENT_NAME, type StoreReader } from "../store/store.ts";
import { conflict, notFound } from "./api-error.ts";
import { newId } from "./ids.ts";
import type { Kernel } from "./kernel.ts";
import { type FileReference, toFileReference } from "./log-request.ts";
import {
  findDeployed,
  type ResolvedVersion,
  resolveVersion,
  TYPE_NAMES,
} from "./resolve-version.ts";
import type { WriteSession } from "./write-session.ts";

/** What an upsert may say of a file beside its kernel. */
const DETAIL_FIELDS = ["description", "tags", "readme"];
const OTHER_FIELDS = ["path", "id", "version_name", "version_description", "commit_message"];

/** Fields of an upsert, checked. */
export type UpsertFields = Readonly<Record<string, unknown>>;

/**
 * Makes a file, or a new version of one, or finds the version that is there.
 *
 * @throws {ApiError} as `resolveVersion`, and 409 for a version name another version has.
 */
export async function upsertFile(
  session: WriteSession,
  type: LogType,
  fields: UpsertFields,
): Promise<ResolvedVersion> {
  const isKernel = (key: string) => !DETAIL_FIELDS.includes(key) && !OTHER_FIELDS.includes(key);
  const kernel: Kernel = pick(fields, isKernel);
  const reference: FileReference = toFileReference(fields);
  const resolved = await resolveVersion(session, type, reference, { kernel });
  const version = await nameVersion(session, resolved, fields);
  const details = pick(fields, (key) => DETAIL_FIELDS.includes(key) && fields[key] !== null);
  if (Object.keys(details).length === 0) return { file: resolved.file, version };

  const before = JSON.parse(resolved.file.detailsJson) as UpsertFields;
  const file: FileRecord = {
    ...resolved.file,
    updatedMicros: session.nowMicros,
    detailsJson: JSON.stringify({ ...before, ...details }),
  };
  await session.transaction.updateFile(file);
  return { file, version };
}

/**
 * Finds a file and one of its versions: named, deployed, or the default one; where nothing is
 * deployed by default, the newest.
 *
 * @throws {ApiError} 404 for what doesn't exist or isn't deployed.
 */
export async function findVersionOf(
  reader: StoreReader,
  file: FileRecord,
  target: { readonly version_id?: string; readonly environment?: string },
): Promise<ResolvedVersion> {
  if (target.version_id !== undefined) {
    return { file, version: await requireVersion(reader, file, target.version_id) };
  }
  const name = target.environment ?? DEFAULT_ENVIRONMENT_NAME;
  try {
    return { file, version: await findDeployed(reader, file, name) };
  } catch (error) {
    const [newest] = await reader.listVersions(file.id);
    if (target.environment !== undefined || newest === undefined) throw error;
    return { file, version: newest };
  }
}

/** Finds a file by id. @throws {ApiError} 404 where there is none of that type. */
export async function requireFile(
  reader: StoreReader,
  type: LogType,
  fileId: string,
): Promise<FileRecord> {
  const file = await reader.findFile(fileId);
  if (file?.type !== type) throw notFound(`${TYPE_NAMES[type]} with id "${fileId}" not found.`);
  return file;
}

/** Finds a version of a file. @throws {ApiError} 404 where it has none such. */
export async function requireVersion(
  reader: StoreReader,
  file: FileRecord,
  versionId: string,
): Promise<VersionRecord> {
  const version = await reader.findVersion(versionId);
  if (version?.fileId !== file.id) {
    throw notFound(`Version "${versionId}" of "${file.path}" not found.`);
  }
  return version;
}

/** Finds an environment by id. @throws {ApiError} 404 where there is none. */
export async function requireEnvironment(
  reader: StoreReader,
  environmentId: string,
): Promise<EnvironmentRecord> {
  const environments = await reader.listEnvironments();
  const environment = environments.find(({ id }) => id === environmentId);
  if (environment === undefined) throw notFound(`Environment "${environmentId}" not found.`);
  return environment;
}

/** Makes an environment. @throws {ApiError} 409 for a name that is taken. */
export async function addEnvironment(
  session: WriteSession,
  name: string,
): Promise<EnvironmentRecord> {
  const environments = await session.transaction.listEnvironments();
  if (environments.some((each) => each.name === name)) {
    throw conflict(`Environment "${name}" exists already.`);
  }
  const environment: EnvironmentRecord = {
    id: newId("env_"),
    name,
    tag: "other",
    createdMicros: session.nowMicros,
  };
  await session.transaction.insertEnvironment(environment);
  return environment;
}

async function nameVersion(
  session: WriteSession,
  { file, version }: ResolvedVersion,
  { version_name: name, version_description: description, commit_message: message }: UpsertFields,
): Promise<VersionRecord> {
  const named: VersionRecord = {
    ...version,
    name: (name ?? version.name) as string | undefined,
    description: (description ?? message ?? version.description) as string | undefined,
  };
  const others = await session.transaction.listVersions(file.id);
  if (others.some((other) => other.id !== version.id && named.name && other.name === named.name)) {
    throw conflict(`Another version of "${file.path}" is named "${named.name}".`);
  }
  await session.transaction.updateVersion(named);
  return named;
}

function pick(fields: UpsertFields, isWanted: (key: string) => boolean): UpsertFields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => isWanted(key)));
}
