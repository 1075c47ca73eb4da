import type { Stats } from "node:fs";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isGone, readName, type SpoolOwner, writeName } from "./spool-owner.ts";

/**
 * Makes the folder where it is missing, for its owner alone.
 *
 * @param isShared true for a place where everybody may make files: what is there already is
 * taken only when it is this user's and nobody else's.
 * @throws Error where it can't be used.
 */
export function prepareFolder(folder: string, isShared: boolean): void {
  makeFolder(folder);
  if (isShared) requirePrivate(folder);
}

function requirePrivate(folder: string): void {
  if (!isPrivate(lstatSync(folder))) {
    throw new Error("expected a folder of this user alone, got another one");
  }
}

/** Makes missing folders one by one: mkdir's own recursion never ends below `/proc`. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isPrivate(found: Stats): boolean {
  if (!found.isDirectory()) return false;
  const userId = process.getuid?.();
  return userId === undefined || (found.uid === userId && (found.mode & 0o077) === 0);
}

/** A file that its owner left behind. */
export interface AbandonedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * What owners that are gone left in the folder, each owner's files in their order.
 *
 * @param isShared as for `prepareFolder`: what somebody else put there is not taken for ours.
 * @throws Error where it can't be read, or is not this user's.
 */
export function listAbandoned(
  folder: string,
  isShared: boolean,
  self: SpoolOwner,
): readonly AbandonedFile[] {
  if (isShared) requirePrivate(folder);
  const files = readdirSync(folder).flatMap((name) => {
    const read = readName(name);
    const found = read && statSync(join(folder, name), { throwIfNoEntry: false });
    if (!read || !found?.isFile()) return [];
    const { owner, number } = read;
    return [{ name, owner, number, bytes: found.size, touchedMillis: found.mtimeMs }];
  });
  const touched = new Map<string, number>();
  for (const { owner, touchedMillis } of files) {
    const latest = touched.get(owner.random) ?? 0;
    touched.set(owner.random, Math.max(latest, touchedMillis));
  }
  const now = Date.now();
  return files
    .filter(({ owner }) => owner.random !== self.random)
    .filter(({ owner }) => isGone(owner, self, now - (touched.get(owner.random) ?? 0)))
    .sort((a, b) => compare(a.owner.random, b.owner.random) || a.number - b.number)
    .map(({ name, bytes }) => ({ path: join(folder, name), bytes }));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Gives a file to another owner. Of several who try at once one gets it.
 *
 * @returns its new path; `undefined` where it is gone.
 */
export function claimFile(
  path: string,
  folder: string,
  owner: SpoolOwner,
  number: number,
): string | undefined {
  const claimed = join(folder, writeName(owner, number));
  const now = new Date();
  try {
    // Before it has its new name: to others a file that nobody touched is one that nobody has.
    utimesSync(path, now, now);
    renameSync(path, claimed);
    return claimed;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Removes a file. Where that can't be done it stays, is adopted some day, and then holds nothing. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // As said above.
  }
}
