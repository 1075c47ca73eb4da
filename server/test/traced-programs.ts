import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A folder with the library in one file, `flowspan.cjs`, and programs beside it that require it. */
export interface ProgramFolder {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Builds the library and writes the programs, by file name. `otel` is the API that it uses itself. */
export async function writePrograms(
  programs: Readonly<Record<string, string>>,
): Promise<ProgramFolder> {
  const folder = await mkdtemp(join(tmpdir(), "flowspan-across-"));
  await build({
    stdin: {
      contents: `export * from "./index.ts"; export * from "./node/index.ts";
        export * as otel from "@opentelemetry/api";`,
      resolveDir: fileURLToPath(new URL("../../src", import.meta.url)),
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    outfile: join(folder, "flowspan.cjs"),
    logLevel: "silent",
  });
  for (const [name, text] of Object.entries(programs)) await writeFile(join(folder, name), text);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A log as the server answers it, with those below it. */
export interface ServedLog {
  readonly id: string;
  readonly trace_status?: string;
  readonly trace_id?: string;
  readonly late?: boolean;
  readonly trace_children: readonly ServedLog[];
  readonly [name: string]: unknown;
}

/** Every topmost log of the server, with what is below it. */
export async function readTraces(url: string): Promise<readonly ServedLog[]> {
  const ask = async (path: string) => (await fetch(`${url}/v5/${path}`)).json();
  const files = (await ask("files?size=100")) as { records: { id: string }[] };
  const roots = new Map<string, ServedLog>();
  for (const { id } of files.records) {
    const page = (await ask(`logs?file_id=${id}&size=100`)) as { records: ServedLog[] };
    for (const log of page.records) {
      if (log.trace_parent_id) continue;
      roots.set(log.id, (await ask(`logs/${log.id}`)) as ServedLog);
    }
  }
  return [...roots.values()];
}

/** The paths of a tree: `root(step(child))`. */
export function shapeOf(log: ServedLog): string {
  const { path } = (log.flow ?? log.prompt ?? log.tool) as { path: string };
  const children = log.trace_children.map(shapeOf).join(" ");
  return children === "" ? path : `${path}(${children})`;
}

/** The trace of each log of a tree. */
export function traceIdsOf(log: ServedLog): readonly unknown[] {
  return [log.trace_id, ...log.trace_children.flatMap(traceIdsOf)];
}
