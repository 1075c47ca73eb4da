import type { Figures, Size } from "./fault-case.ts";
import type { FaultyProxy } from "./faulty-proxy.ts";
import type { RealServer, TraceRow } from "./real-server.ts";
import type { Stage } from "./stage.ts";
import { onStage, until } from "./stage.ts";
import type { EndedProgram, LoadReport, Orders, TracedProgram } from "./traced-program.ts";

const SPANS_PER_TRACE = 13;
/** How long a program is given to bring everything in by itself, before it is told to end. */
const MAX_WAIT_MILLIS = 60_000;

/**
 * 15 runs of the agent in a second for 20 seconds, 3,900 spans: what peers were measured with. Its
 * model answers in 20 ms, sooner than any that there is, so that what tracing adds shows.
 */
export function pacedLoad(size: Size): Orders & { readonly traces: number } {
  return size === "full"
    ? { traces: 300, perSecond: 15, answerMillis: 20 }
    : { traces: 20, perSecond: 10, answerMillis: 1 };
}

/** As many as the thread can run, 13,000 spans. */
export function hastyLoad(size: Size): Orders & { readonly traces: number } {
  return { traces: size === "full" ? 1_000 : 120, burst: 40, lanes: 8 };
}

/** Everyone in a case of a program under load. */
export interface Scene {
  readonly stage: Stage;
  readonly server: RealServer;
  readonly proxy: FaultyProxy;
  readonly program: TracedProgram;
}

/** A program under load that meets a fault. */
export interface LoadPlay {
  readonly orders: Orders & { readonly traces: number };
  readonly env?: (stage: Stage) => Readonly<Record<string, string>>;
  readonly apiKey?: string;
  readonly dataFolder?: (stage: Stage) => string;
  /** Where the program sends to. Default: the proxy. */
  readonly url?: (scene: Omit<Scene, "program">) => string;
  /** What the program says on stderr, a line at a time, to be counted. */
  readonly listensFor?: RegExp;
  /** Before the program starts. */
  readonly before?: (scene: Omit<Scene, "program">) => Promise<void>;
  /** While it runs; resolves when all is well again. */
  readonly during?: (scene: Scene) => Promise<Figures | undefined>;
}

/**
 * Plays it and counts: what the server's database has in the end against what the program's spans
 * were, what the program counted itself, and what its calls were like.
 */
export function playLoad(size: Size, play: LoadPlay): Promise<Figures> {
  return onStage(async (stage) => {
    const server = await stage.server({
      dataFolder: play.dataFolder?.(stage),
      apiKey: play.apiKey,
    });
    const proxy = await stage.proxy(server.port);
    await play.before?.({ stage, server, proxy });
    const url = play.url?.({ stage, server, proxy }) ?? proxy.url;
    // On a busy machine the default would leave logs to the next start, which is another case.
    const options = { shutdownTimeoutMillis: MAX_WAIT_MILLIS, ...play.orders.options };
    const orders = { countsUnhandled: true, ...play.orders, options };
    const program = stage.program(url, orders, play.env?.(stage));
    const [load, more] = await Promise.all([
      program.loaded,
      play.during?.({ stage, server, proxy, program }),
    ]);

    const wellSince = Date.now();
    const { traces } = play.orders;
    const isIn = async () => count(await server.traces(), traces).lost === 0;
    const waitMillis = size === "full" ? MAX_WAIT_MILLIS : 0;
    const isBack = waitMillis > 0 && (await until(waitMillis, isIn));
    const backSeconds = isBack ? round((Date.now() - wellSince) / 1000) : undefined;

    const ended = await program.end();
    const arrived = count(await server.traces(), traces);
    const said =
      play.listensFor &&
      ended.stderr.split("\n").filter((line) => play.listensFor?.test(line)).length;
    return { ...arrived, ...more, backSeconds, said, ...programFigures(play.orders, load, ended) };
  });
}

/** For `during`: the proxy is fair again when the load is done. */
export async function fairWhenLoaded({ proxy, program }: Scene): Promise<undefined> {
  await program.loaded;
  await proxy.turn("fair");
}

/** Traces have 13 logs each: fewer are lost, more are there twice. More traces: one was torn. */
export function count(rows: readonly TraceRow[], traces: number): Figures {
  const sum = (number: (row: TraceRow) => number) =>
    rows.reduce((total, row) => total + number(row), 0);
  const spans = traces * SPANS_PER_TRACE;
  const kept = sum(({ log_count }) => Math.min(log_count, SPANS_PER_TRACE));
  return {
    spans,
    arrived: sum(({ log_count }) => log_count),
    lost: spans - kept,
    duplicates: sum(({ log_count }) => Math.max(0, log_count - SPANS_PER_TRACE)),
    torn: Math.max(0, rows.length - traces),
    incomplete: rows.filter(({ trace_status }) => trace_status !== "complete").length,
  };
}

function programFigures(
  { answerMillis }: Orders,
  load: LoadReport,
  { exitCode, report }: EndedProgram,
): Figures {
  const { plainMillis, tracedMillis, rejected } = load;
  const addedMillis = tracedMillis - plainMillis;
  const dropped = Object.values(report?.stats.dropped ?? {}).reduce((sum, one) => sum + one, 0);
  return {
    dropped,
    truncated: report?.stats.truncated,
    spooled: report?.stats.spooled,
    addedMicros: round((addedMillis * 1000) / SPANS_PER_TRACE),
    // A call that takes no time of its own has no share to compare with.
    addedPercent: answerMillis && round((addedMillis / plainMillis) * 100),
    rejected,
    unhandled: report?.unhandled,
    exitCode,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** What a load comes to under every fault that ends: nothing is lost, nothing comes twice. */
export const ALL_WELL: Figures = {
  lost: 0,
  duplicates: 0,
  torn: 0,
  incomplete: 0,
  dropped: 0,
  rejected: 0,
  unhandled: 0,
  exitCode: 0,
};
