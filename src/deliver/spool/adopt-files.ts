import type { LossNotes } from "../loss-notes.ts";
import { type AbandonedFile, listAbandoned, removeFile } from "./spool-folder.ts";
import type { SpoolOwner } from "./spool-owner.ts";
import { FORMAT, indexFile, type SpoolIndex } from "./spool-reader.ts";

/** A file that may be claimed, and what is in it. */
export interface AdoptableFile extends AbandonedFile {
  readonly index: SpoolIndex;
}

/**
 * The files in a folder that owners who are gone left for this destination, in their order. What
 * can't be read stays where it is, and that is said once; what is empty is removed.
 *
 * @param destination `undefined` for any.
 * @param refused files that were found before not to be for this one; it is added to.
 */
export async function* adoptFiles(
  folder: string,
  isShared: boolean,
  self: SpoolOwner,
  destination: string | undefined,
  refused: Set<string>,
  notes: LossNotes,
): AsyncGenerator<AdoptableFile> {
  for (const file of list(folder, isShared, self, notes)) {
    if (refused.has(file.path)) continue;
    if (file.bytes === 0) removeFile(file.path);
    const index = await read(file.path, notes);
    if (index === undefined) continue;
    const { header } = index;
    const isFor = destination === undefined || header?.destination === destination;
    if (header === undefined) {
      notes.once(
        "spool-unreadable",
        `${file.path} is no spool file of flowspan and is left alone. Remove it, or choose another folder.`,
      );
    } else if (!(header.format <= FORMAT)) {
      notes.once(
        "spool-newer",
        `${file.path} was written by a newer flowspan (format ${header.format}, expected ${FORMAT}) and is left alone. Update flowspan to send it.`,
      );
    } else if (isFor) {
      yield { ...file, index };
      continue;
    }
    refused.add(file.path);
  }
}

function list(
  folder: string,
  isShared: boolean,
  self: SpoolOwner,
  notes: LossNotes,
): readonly AbandonedFile[] {
  try {
    return listAbandoned(folder, isShared, self);
  } catch (error) {
    // A folder that was never made holds nothing.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") say(folder, error, notes);
    return [];
  }
}

async function read(path: string, notes: LossNotes): Promise<SpoolIndex | undefined> {
  try {
    return await indexFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") say(path, error, notes);
    return undefined;
  }
}

function say(path: string, error: unknown, notes: LossNotes): void {
  const reason = error instanceof Error ? error.message : String(error);
  notes.once("spool-read", `${path} can't be read and is left alone: ${reason}`);
}
