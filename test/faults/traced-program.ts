import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

/** It runs what `npm run build` made, as a user's program does. */
const PROGRAM = fileURLToPath(new URL("./program.mjs", import.meta.url));

/** How the program ends once it is told to. */
export type WayToEnd =
  | "naturally"
  | "process.exitCode = 3"
  | "process.exit(4)"
  | "throw"
  | "reject";

/** What a program is to do: a load of agent runs, each of 13 spans. */
export interface Orders {
  /** Runs of the agent. Default: until it is killed. */
  readonly traces?: number;
  /** Runs started in a second. Default: as fast as they go. */
  readonly perSecond?: number;
  /** Runs that are timed together. Default 1. */
  readonly burst?: number;
  /** Runs at a time within a burst. Default 1. */
  readonly lanes?: number;
  /** How long its model and its tool take to answer. Default: no time. */
  readonly answerMillis?: number;
  /** Options of `start()`. The address comes by the environment. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Counts unhandled rejections, which would otherwise end the program. */
  readonly countsUnhandled?: boolean;
  /** Names can't be looked up before `mendLookup()`. */
  readonly lookupWaits?: boolean;
  /** Writes each log's id to stdout when its span has ended. */
  readonly tellsIds?: boolean;
  /** With `tellsIds`: after so many spans the agent goes on for ever. */
  readonly hangsAfter?: number;
  /** Default `naturally`. */
  readonly end?: WayToEnd;
}

/** What a program measured over its load; times are medians of one agent run, in milliseconds. */
export interface LoadReport {
  readonly spans: number;
  readonly plainMillis: number;
  readonly tracedMillis: number;
  readonly rejected: number;
}

/** What a program said at its very end. */
export interface EndReport {
  readonly stats: {
    readonly recorded: number;
    readonly sent: number;
    readonly truncated: number;
    readonly spooled: number;
    readonly dropped: Readonly<Record<string, number>>;
  };
  readonly unhandled: number;
}

/** How a program ended. */
export interface EndedProgram {
  /** As a shell shows it: 128 and the signal's number where a signal ended it. */
  readonly exitCode: number;
  /** `undefined` where a signal left no time for it. */
  readonly report: EndReport | undefined;
  /** From when it was told to end. */
  readonly secondsToEnd: number;
  readonly stderr: string;
}

/** A traced program in a process of its own. */
export class TracedProgram {
  /** Ids of logs whose spans have ended, as the program told them. */
  readonly ids: string[] = [];
  /** Resolves when its load is done; never where it ends before. */
  readonly loaded: Promise<LoadReport>;
  readonly ended: Promise<EndedProgram>;
  readonly #child: ChildProcess;
  #line = "";
  #stderr = "";
  #report: EndReport | undefined;
  #toldToEndAt = Date.now();

  constructor(url: string, orders: Orders, env: Readonly<Record<string, string>> = {}) {
    this.#child = fork(PROGRAM, [JSON.stringify(orders)], {
      env: { PATH: process.env.PATH, FLOWSPAN_URL: url, ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child.stderr?.on("data", (text: Buffer) => {
      this.#stderr += text.toString();
    });
    this.loaded = new Promise((resolve) => {
      this.#child.stdout?.on("data", (text: Buffer) => this.#read(text.toString(), resolve));
    });
    this.ended = once(this.#child, "close").then(([code, signal]) => ({
      exitCode: code ?? 128 + constants.signals[signal as NodeJS.Signals],
      report: this.#report,
      secondsToEnd: (Date.now() - this.#toldToEndAt) / 1000,
      stderr: this.#stderr,
    }));
  }

  /** What it has written to stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Lets it come to its end, in the way it was ordered to. */
  end(): Promise<EndedProgram> {
    this.#toldToEndAt = Date.now();
    this.#child.send("end");
    return this.ended;
  }

  kill(signal: NodeJS.Signals): Promise<EndedProgram> {
    this.#toldToEndAt = Date.now();
    this.#child.kill(signal);
    return this.ended;
  }

  mendLookup(): void {
    this.#child.send("lookup works");
  }

  #read(text: string, loaded: (report: LoadReport) => void): void {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) {
      const [name, rest = ""] = line.split(/ (.*)/);
      if (name === "@ended") this.ids.push(rest);
      if (name === "@loaded") loaded(JSON.parse(rest) as LoadReport);
      if (name === "@end") this.#report = JSON.parse(rest) as EndReport;
    }
  }
}
