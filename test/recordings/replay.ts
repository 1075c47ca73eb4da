import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { REPLAY_SERVER } from "./recordings.ts";

/** A server that replays the recordings over real HTTP. */
export interface Replay {
  readonly url: string;
  stop(): void;
}

/** Starts one. `more`: its other options, such as `--split-bytes 1`. Paces nothing by default. */
export async function startReplay(...more: readonly string[]): Promise<Replay> {
  const child: ChildProcess = spawn(
    process.execPath,
    [REPLAY_SERVER, "--first-ms", "0", "--chunk-ms", "0", ...more],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  return { url, stop: () => void child.kill() };
}
