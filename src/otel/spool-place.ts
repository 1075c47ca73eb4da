import { createHash } from "node:crypto";
import { tmpdir, userInfo } from "node:os";
import { resolve } from "node:path";
import type { ResolvedOptions } from "./resolve-options.ts";

/** Where a spool is, and what it is for. */
export interface SpoolPlace {
  readonly folder: string;
  readonly isShared: boolean;
  readonly destination: string;
  /** True: every ended span is written. False: only what is unsent when the process ends. */
  readonly takesSpans: boolean;
  /** Takes what is left there for any destination. */
  readonly adoptsAll?: boolean;
}

type Where = Pick<ResolvedOptions, "spoolDir" | "url" | "apiKey">;

/** The place in `spoolDir`, where there is one. */
export function spoolPlace({ spoolDir, url }: Where): SpoolPlace | undefined {
  if (!spoolDir) return undefined;
  return {
    folder: resolve(spoolDir),
    isShared: false,
    destination: digest([url.origin, url.basePath]),
    takesSpans: true,
  };
}

/**
 * The place for what is unsent at an exit: the one in `spoolDir`, else a private folder under the
 * temporary directory. The programs of one user share that, so what is for another server, or
 * goes by another key, is told apart.
 */
export function exitPlace(where: Where): SpoolPlace | undefined {
  const { spoolDir, url, apiKey = "" } = where;
  if (spoolDir === false) return undefined;
  return (
    spoolPlace(where) ?? {
      folder: resolve(tmpdir(), `flowspan-${userName()}`),
      isShared: true,
      destination: digest([url.origin, url.basePath, apiKey]),
      takesSpans: false,
    }
  );
}

function userName(): string {
  try {
    const { uid, username } = userInfo();
    // Windows has no numbers for users.
    return uid >= 0 ? String(uid) : digest([username]);
  } catch {
    // A user that the system has no entry for, as in some containers.
    return String(process.getuid?.() ?? "user");
  }
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
