import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk in memory that is soon full. */
export class SmallDisk {
  readonly folder: string;

  /** @throws where this process has no right to mount. */
  constructor(kilobytes: number) {
    this.folder = mkdtempSync(join(tmpdir(), "flowspan-disk-"));
    try {
      run("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", this.folder]);
    } catch (error) {
      rmdirSync(this.folder);
      throw error;
    }
  }

  grow(kilobytes: number): void {
    run("mount", ["-o", `remount,size=${kilobytes}k`, this.folder]);
  }

  makeReadOnly(): void {
    run("mount", ["-o", "remount,ro", this.folder]);
  }

  remove(): void {
    run("umount", ["--lazy", this.folder]);
    rmdirSync(this.folder);
  }
}

/** Why no small disk can be had here; `undefined` where one can. */
export function smallDiskSkipReason(): string | undefined {
  try {
    new SmallDisk(64).remove();
    return undefined;
  } catch {
    return "it needs the right to mount a small disk";
  }
}

function run(command: "mount" | "umount", args: readonly string[]): void {
  execFileSync(command, args, { stdio: "ignore" });
}
