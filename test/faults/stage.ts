import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultyProxy } from "./faulty-proxy.ts";
import { RealServer } from "./real-server.ts";
import type { Orders } from "./traced-program.ts";
import { TracedProgram } from "./traced-program.ts";

/** Where one case is played: a folder of its own, and everything that ends with it. */
export class Stage {
  /** Also the temporary folder of every program, so that cases never meet. */
  readonly folder: string;
  readonly #endings: (() => unknown)[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Runs when the case is over, the last one first. */
  onEnd(run: () => unknown): void {
    this.#endings.push(run);
  }

  async server(options: { dataFolder?: string; apiKey?: string } = {}): Promise<RealServer> {
    const { dataFolder = join(this.folder, "data"), apiKey } = options;
    const server = await RealServer.start(dataFolder, apiKey);
    this.onEnd(() => server.stop("SIGKILL"));
    return server;
  }

  async proxy(targetPort: number): Promise<FaultyProxy> {
    const proxy = await FaultyProxy.start(targetPort);
    this.onEnd(() => proxy.close());
    return proxy;
  }

  program(url: string, orders: Orders, env: Readonly<Record<string, string>> = {}): TracedProgram {
    const program = new TracedProgram(url, orders, { TMPDIR: this.folder, ...env });
    this.onEnd(() => program.kill("SIGKILL"));
    return program;
  }

  async close(): Promise<void> {
    for (const end of this.#endings.reverse()) await end();
  }
}

/** Plays a case, and ends everything it started, whatever came of it. */
export async function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "flowspan-faults-"));
  const stage = new Stage(folder);
  stage.onEnd(() => rm(folder, { recursive: true, force: true }));
  try {
    return await play(stage);
  } finally {
    await stage.close();
  }
}

export function sleep(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

/** Asks again and again until the answer is yes; false where it never was within `timeoutMillis`. */
export async function until(
  timeoutMillis: number,
  isSo: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMillis;
  while (!(await isSo())) {
    if (Date.now() >= deadline) return false;
    await sleep(100);
  }
  return true;
}
