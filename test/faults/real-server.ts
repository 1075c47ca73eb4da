import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../server/bin/flowspan.js", import.meta.url));
const TRACES_PER_PAGE = 1_000;
/** Asked again after a connection that failed: the server may be starting. */
const MAX_TRIES = 50;
const TRY_AGAIN_MILLIS = 100;

/** A trace as the server lists it. */
export interface TraceRow {
  readonly id: string;
  readonly trace_status?: string;
  readonly log_count: number;
}

interface LogTree {
  readonly id: string;
  readonly trace_children?: readonly LogTree[];
}

/** `flowspan serve` in a process of its own, which can be stopped and started again. */
export class RealServer {
  readonly #dataFolder: string;
  readonly #apiKey: string | undefined;
  #child: ChildProcess | undefined;
  #port = 0;
  #output = "";

  private constructor(dataFolder: string, apiKey: string | undefined) {
    this.#dataFolder = dataFolder;
    this.#apiKey = apiKey;
  }

  static async start(dataFolder: string, apiKey?: string): Promise<RealServer> {
    const server = new RealServer(dataFolder, apiKey);
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output;
  }

  /** What programs are given as their `FLOWSPAN_URL`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it, on the same port and folder as before. */
  async start(): Promise<void> {
    const key = this.#apiKey === undefined ? [] : ["--api-key", this.#apiKey];
    const args = ["serve", "--port", String(this.#port), "--data", this.#dataFolder, ...key];
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env.PATH },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const before = this.#output.length;
    const port = new Promise<number>((resolve, reject) => {
      const read = (text: Buffer) => {
        this.#output += text.toString();
        const said = this.#output.slice(before);
        const found = /listening on http:\/\/[^\s:]+:(\d+)\n/.exec(said)?.[1];
        if (found !== undefined) resolve(Number(found));
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("close", () => reject(new Error(`the server ended: ${this.#output}`)));
    });
    this.#port = await port;
  }

  /** Ends it by a signal, and resolves when it has ended. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "close");
    child.kill(signal);
    await ended;
  }

  /** Every trace it has, read page by page. */
  async traces(): Promise<readonly TraceRow[]> {
    const rows: TraceRow[] = [];
    for (let before = ""; ; ) {
      const page = await this.#get<{ traces: readonly TraceRow[]; next?: string }>(
        `/api/traces?limit=${TRACES_PER_PAGE}${before}`,
      );
      rows.push(...page.traces);
      if (page.next === undefined) return rows;
      before = `&before=${encodeURIComponent(page.next)}`;
    }
  }

  /** The id of the newest trace, if there is any. */
  async newestTrace(): Promise<string | undefined> {
    const { traces } = await this.#get<{ traces: readonly TraceRow[] }>("/api/traces?limit=1");
    return traces[0]?.id;
  }

  /** The ids of every log it has, as they stand in the traces' trees. */
  async logIds(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    const add = (log: LogTree): void => {
      ids.add(log.id);
      log.trace_children?.forEach(add);
    };
    for (const { id } of await this.traces()) {
      add(await this.#get<LogTree>(`/v5/logs/${encodeURIComponent(id)}`));
    }
    return ids;
  }

  async #get<T>(path: string): Promise<T> {
    const headers: Record<string, string> =
      this.#apiKey === undefined ? {} : { "x-api-key": this.#apiKey };
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await fetch(this.url + path, { headers });
        if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as T;
      } catch (error) {
        if (tries === MAX_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MILLIS));
      }
    }
  }
}
