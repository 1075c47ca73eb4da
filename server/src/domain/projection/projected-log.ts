import { createHash } from "node:crypto";
import type { LogDraft } from "../../../../src/base/log-types.ts";
import type { LogType } from "../../store/records.ts";
import { ApiError } from "../api-error.ts";
import type { Kernel } from "../kernel.ts";
import { type LogFields, pickFields } from "../log-fields.ts";
import { type LogRequest, toLogRequest } from "../log-request.ts";
import { type ResolvedVersion, resolveVersion } from "../resolve-version.ts";
import type { WriteSession } from "../write-session.ts";

/** Names the fields of a log that have a wrong form, as the API would refuse it for. */
export type FindWrongFields = (type: LogType, fields: LogFields) => readonly string[];

/** What the Log API would be sent for a draft; what it would refuse is left out. */
export function draftToRequest(draft: LogDraft, findWrongFields: FindWrongFields): LogRequest {
  const entries = Object.entries(draft.fields).map(([name, text]) => [name, JSON.parse(text)]);
  const fields: Record<string, unknown> = Object.fromEntries(entries);
  for (const name of findWrongFields(draft.type, fields)) delete fields[name];
  const { versionId: version_id, deployedEnvironment: environment } = draft.query;
  const request = toLogRequest(draft.type, fields, { version_id, environment });
  return { ...request, save: draft.save };
}

/** The fields of a request that are stored. */
export function storedFields({ type, fields, save }: LogRequest): LogFields {
  return pickFields(type, fields, save !== false);
}

/** Another text for every other draft: type, fields, version and whether payloads are kept. */
export function hashDraft({ type, fields, query, save }: LogDraft): string {
  const content = JSON.stringify([type, fields, query, save]);
  return createHash("sha256").update(content).digest("base64url");
}

/** The longest path of a file. */
const MAX_PATH_LENGTH = 1_000;

/** How often a path is made longer, while files of another kind have it. */
const MAX_PATHS = 4;

/** A Prompt can't do without a model. */
const SMALLEST_KERNELS: Readonly<Record<LogType, Kernel>> = {
  prompt: { model: "unknown" },
  flow: { attributes: {} },
  tool: {},
};

/**
 * The version of a log that spans tell of. It always finds one: where the file or version that was
 * named isn't there it goes by the path, and where a file of another kind has that, by
 * `<path>/<type>`.
 */
export async function findProjectedVersion(
  session: WriteSession,
  { type, file, target }: LogRequest,
): Promise<ResolvedVersion> {
  const kernel = target.kernel ?? SMALLEST_KERNELS[type];
  let path = (file.path || `unknown/${type}`).slice(0, MAX_PATH_LENGTH);
  const tries = [{ file: file.id === undefined ? { path } : file, target }];
  for (let count = 0; count < MAX_PATHS; count += 1) {
    tries.push({ file: { path }, target: { kernel } });
    path = `${path.slice(0, MAX_PATH_LENGTH - type.length - 1)}/${type}`;
  }
  let refusal: unknown;
  for (const each of tries) {
    try {
      return await resolveVersion(session, type, each.file, each.target);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}
