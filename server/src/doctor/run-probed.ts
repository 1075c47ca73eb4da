import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPORT_FOLDER_VARIABLE, type Report } from "./report.ts";

const PROBE = new URL("./doctor-probe.js", import.meta.url).href;
/** How long a program may take to end when it is asked to. */
const END_MILLIS = 5_000;

/** A program that was run, and what was seen in it. */
export interface ProbedRun {
  /** `undefined` where it had to be ended. */
  readonly exitCode: number | null | undefined;
  /** One for each of its processes that ran on Node. */
  readonly reports: readonly Report[];
}

/**
 * Runs a command with the probe in it, until it ends or, at the latest, for so many seconds. What it
 * prints goes to stderr.
 *
 * @throws where it can't be started.
 */
export async function runProbed(
  [command = "", ...args]: readonly string[],
  seconds: number,
): Promise<ProbedRun> {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-doctor-"));
  const options = [process.env.NODE_OPTIONS, `--import=${PROBE}`].filter(Boolean).join(" ");
  const child = spawn(command, args, {
    stdio: ["inherit", 2, 2],
    env: { ...process.env, NODE_OPTIONS: options, [REPORT_FOLDER_VARIABLE]: folder },
  });
  let isStopped = false;
  const stop = setTimeout(() => {
    isStopped = true;
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), END_MILLIS).unref();
  }, seconds * 1000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", () => reject(new Error(`doctor: ${command} can't be started.`)));
      child.on("exit", resolve);
    });
    return { exitCode: isStopped ? undefined : code, reports: readReports(folder) };
  } finally {
    clearTimeout(stop);
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReports(folder: string): Report[] {
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}
