import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Where it can't be told whether the owner still runs (another host, a thread), its files count as
 * left behind when nobody has touched them for this long.
 */
const STALE_MILLIS = 120_000;

/**
 * `<host>-<pid>-<start>-<random>-<number>.spool`: who writes the file, and which of its files it
 * is. The start tells a process from an earlier one with the same pid, as in a container.
 */
const NAME = /^([\da-f]{8})-(\d+)-(\d+)-([\da-f]{8})-(\d{6,})\.spool$/;

/** Who writes a file. One process may be several, in its threads. */
export interface SpoolOwner {
  readonly host: string;
  /** 0: it has given its files up. */
  readonly pid: number;
  /** By the kernel's clock; `0` where there is no way to know. */
  readonly start: string;
  readonly random: string;
}

/** A file's name, taken apart. */
export interface SpoolFileName {
  readonly owner: SpoolOwner;
  readonly number: number;
}

/** An owner of this process that nobody else is. */
export function createOwner(): SpoolOwner {
  return {
    host: createHash("sha256").update(hostname()).digest("hex").slice(0, 8),
    pid: process.pid,
    start: startOf("self"),
    random: randomBytes(4).toString("hex"),
  };
}

export function writeName({ host, pid, start, random }: SpoolOwner, number: number): string {
  return `${host}-${pid}-${start}-${random}-${String(number).padStart(6, "0")}.spool`;
}

/** `undefined` for a file that is none of a spool. */
export function readName(name: string): SpoolFileName | undefined {
  const [, host, pid, start, random, number] = NAME.exec(name) ?? [];
  if (host === undefined || start === undefined || random === undefined) return undefined;
  return { owner: { host, pid: Number(pid), start, random }, number: Number(number) };
}

/**
 * Whether nobody writes the owner's files any more.
 *
 * @param self who asks.
 * @param idleMillis since one of them was last written to.
 */
export function isGone(owner: SpoolOwner, self: SpoolOwner, idleMillis: number): boolean {
  if (owner.pid === 0) return true;
  if (owner.host !== self.host) return idleMillis > STALE_MILLIS;
  if (!isRunning(owner.pid)) return true;
  const start = startOf(String(owner.pid));
  const isAnother = start !== "0" && owner.start !== "0" && start !== owner.start;
  return isAnother || idleMillis > STALE_MILLIS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one that runs.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process started, in the kernel's ticks: the 22nd field of its status. */
function startOf(pid: string): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name, in brackets, and may hold anything.
    return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
  } catch {
    return "0";
  }
}
