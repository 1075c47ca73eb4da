import { readFile } from "node:fs/promises";
import type { SpoolFile } from "./spool-file.ts";
import { NO_TRACE, readLines } from "./spool-lines.ts";

/** The version of the format that is written, and the newest that can be read. */
export const FORMAT = 1;

/** The text of a line that says that the server has all that stands of its trace before it. */
export const SENT = '{"sent":true}';

/** What a file says of itself, in its first line. */
export interface SpoolHeader {
  readonly format: number;
  /** Tells files for one server and project from those for another. */
  readonly destination: string;
}

/** The header's text. */
export function writeHeader(destination: string): string {
  return JSON.stringify({ format: FORMAT, destination } satisfies SpoolHeader);
}

/** One file's content, by what is still to be done about it. */
export interface SpoolIndex {
  /** `undefined` where the first line is none of ours. */
  readonly header: SpoolHeader | undefined;
  /** Traces of which something stands here that was not sent. */
  readonly unsent: ReadonlySet<string>;
  /** Traces that were sent, with all that stands before in this file and in earlier ones. */
  readonly sent: ReadonlySet<string>;
}

/** Reads which traces a file holds. */
export async function indexFile(path: string): Promise<SpoolIndex> {
  let header: SpoolHeader | undefined;
  const unsent = new Set<string>();
  const sent = new Set<string>();
  for (const { traceId, text } of readLines(await readFile(path))) {
    if (traceId === NO_TRACE) header ??= readHeader(text);
    else if (text !== SENT) unsent.add(traceId);
    else {
      unsent.delete(traceId);
      sent.add(traceId);
    }
  }
  return { header, unsent, sent };
}

/**
 * The unsent lines of some traces, from files in their order. A file that somebody removed is
 * marked as lost.
 */
export async function readTraces(
  files: readonly SpoolFile[],
  traceIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const traces = new Map<string, string[]>();
  for (const file of files) {
    for (const { traceId, text } of readLines(await readIfThere(file))) {
      if (!traceIds.has(traceId)) continue;
      const lines = traces.get(traceId);
      if (text === SENT) traces.delete(traceId);
      else if (lines === undefined) traces.set(traceId, [text]);
      else lines.push(text);
    }
  }
  return traces;
}

async function readIfThere(file: SpoolFile): Promise<Buffer> {
  try {
    return await readFile(file.path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    file.isLost = true;
    return Buffer.alloc(0);
  }
}

function readHeader(text: string): SpoolHeader | undefined {
  const header: unknown = JSON.parse(text);
  const isHeader =
    typeof header === "object" && header !== null && "format" in header && "destination" in header;
  return isHeader ? (header as SpoolHeader) : undefined;
}
