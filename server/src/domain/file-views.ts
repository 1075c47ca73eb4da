import type { EnvironmentRecord, FileRecord, VersionRecord } from "../store/records.ts";
import type { StoreReader } from "../store/store.ts";
import type { Kernel } from "./kernel.ts";
import { toKernelView } from "./kernel-view.ts";
import { formatTime } from "./time.ts";

/** A version as clients read it: its kernel at the top, with what is known of its file. */
export type FileView = Readonly<Record<string, unknown>>;

/** Gives the views of versions, each made once for one response. */
export interface FileViews {
  view(file: FileRecord, version: VersionRecord): Promise<FileView>;
  /** The view of a version by its id, as JSON text. */
  viewJson(versionId: string): Promise<string>;
}

/** Makes the views of one response from one project. */
export function createFileViews(reader: StoreReader): FileViews {
  const texts = new Map<string, string>();
  const totals = new Map<string, number>();
  let environments: readonly EnvironmentRecord[] | undefined;

  async function view(file: FileRecord, version: VersionRecord): Promise<FileView> {
    environments ??= await reader.listEnvironments();
    const deployedTo = (await reader.listDeployments(file.id))
      .filter(({ versionId }) => versionId === version.id)
      .map(({ environmentId }) => environmentId);
    const total = totals.get(file.id) ?? (await reader.countFileLogs(file.id));
    totals.set(file.id, total);
    return toFileView(file, version, {
      environments: environments.filter(({ id }) => deployedTo.includes(id)),
      totalLogsCount: total,
      linkedTools: await linkedTools(reader, version),
    });
  }

  return {
    view,
    viewJson: async (versionId) => {
      const known = texts.get(versionId);
      if (known !== undefined) return known;
      const version = await reader.findVersion(versionId);
      const file = version && (await reader.findFile(version.fileId));
      const text = version && file ? JSON.stringify(await view(file, version)) : "null";
      texts.set(versionId, text);
      return text;
    },
  };
}

/** An environment as clients read it. */
export function toEnvironmentView(environment: EnvironmentRecord): FileView {
  const { id, name, tag, createdMicros } = environment;
  return { id, name, tag, created_at: formatTime(createdMicros) };
}

interface Surroundings {
  readonly environments: readonly EnvironmentRecord[];
  readonly totalLogsCount: number;
  readonly linkedTools: readonly FileView[] | undefined;
}

function toFileView(file: FileRecord, version: VersionRecord, around: Surroundings): FileView {
  return {
    ...toKernelView(file.type, JSON.parse(version.kernelJson) as Kernel),
    linked_tools: around.linkedTools,
    ...(JSON.parse(file.detailsJson) as FileView),
    id: file.id,
    path: file.path,
    name: file.path.slice(file.path.lastIndexOf("/") + 1),
    type: file.type,
    version_id: version.id,
    version_name: version.name,
    version_description: version.description,
    // Every stored version is final; clients of the first Log API require the word.
    status: "committed",
    environments: around.environments.map(toEnvironmentView),
    created_at: formatTime(version.createdMicros),
    updated_at: formatTime(file.updatedMicros),
    last_used_at: formatTime(version.lastUsedMicros),
    version_logs_count: version.logsCount,
    total_logs_count: around.totalLogsCount,
  };
}

/** A prompt names the tools it links by id; clients read them as objects. */
async function linkedTools(
  reader: StoreReader,
  version: VersionRecord,
): Promise<readonly FileView[] | undefined> {
  const { linked_tools: ids } = JSON.parse(version.kernelJson) as { linked_tools?: unknown };
  if (!Array.isArray(ids)) return undefined;
  const tools = await Promise.all(ids.map((id) => linkedTool(reader, String(id))));
  return tools.filter((tool) => tool !== undefined);
}

async function linkedTool(reader: StoreReader, fileId: string): Promise<FileView | undefined> {
  const file = await reader.findFile(fileId);
  const [newest] = file?.type === "tool" ? await reader.listVersions(fileId) : [];
  if (newest === undefined) return undefined;
  const { function: tool } = JSON.parse(newest.kernelJson) as { function?: FileView };
  return { name: file?.path, description: "", ...tool, id: fileId, version_id: newest.id };
}
