import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The command as it is installed; it runs what `npm run build` made. */
const BIN = fileURLToPath(new URL("../bin/flowspan.js", import.meta.url));

/** What a process of the command printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the command, ended with the test at the latest. */
export interface FlowspanProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The URL it prints when it is ready. */
  ready(): Promise<string>;
}

export function runFlowspan(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): FlowspanProcess {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }));

  return {
    child,
    ended,
    ready: async () => {
      let over: Ended | undefined;
      void ended.then((result) => {
        over = result;
      });
      for (;;) {
        const url = /listening on (\S+)\nexport /.exec(stdout)?.[1];
        if (url !== undefined) return url;
        if (over !== undefined) throw new Error(`ended before it was ready: ${over.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}
