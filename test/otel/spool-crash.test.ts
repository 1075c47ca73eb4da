import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Context, Span } from "@opentelemetry/api";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { expect, it, onTestFinished } from "vitest";
import { FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { type Fault, type LogApiSink, startLogApiSink } from "../log-api-sink.ts";
import { AGENT, tracerWith } from "./spans.ts";

/** `FUZZ_RUNS=500 npx vitest run test/otel/spool-crash` for a long look; `FUZZ_SEED` for one. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 4);
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1);
const STEPS = 400;
const COPIES = 3;
const GONE_PID = 4_194_303;

/** A crash: what the disk had, what had ended and what the server had, at one moment. */
interface Moment {
  readonly folder: string;
  readonly ended: ReadonlyMap<string, string>;
  readonly had: ReadonlyMap<string, string>;
  readonly endedRoots: ReadonlySet<string>;
  readonly completed: ReadonlySet<string>;
  readonly port: number;
}

it(
  "a spool holds at every moment what has ended and the server does not have",
  async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
      const lost = await crashAnywhere(seed);

      expect(lost, `FUZZ_SEED=${seed} FUZZ_RUNS=1`).toEqual([]);
    }
  },
  30_000 + RUNS * 10_000,
);

/** What was lost in one random program, at any of the moments that were looked at. */
async function crashAnywhere(seed: number): Promise<readonly string[]> {
  const random = createRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const base = mkdtempSync(join(tmpdir(), "flowspan-crash-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const spoolDir = join(base, "spool");
  mkdirSync(spoolDir);
  let isAway = false;
  const sink = await startLogApiSink({
    batch: true,
    delayMillis: below(5),
    fault: () => (isAway ? FAULTS[below(FAULTS.length)] : undefined),
  });
  const processor = new FlowspanSpanProcessor({
    url: sink.url,
    spoolDir,
    maxQueueBytes: 64 * 1024,
    openTraceMillis: [0, 20, 2_000][below(3)] as number,
    lateSpanMillis: 30,
    requestTimeoutMillis: 500,
    shutdownTimeoutMillis: 1,
  });
  const { tracer } = tracerWith(processor);
  const open: { span: Span; name: string; isAgent: boolean; isRoot: boolean; context: Context }[] =
    [];
  const ended = new Map<string, string>();
  const endedRoots = new Set<string>();
  const moments: Moment[] = [];

  const startOne = (): void => {
    const parent = random() < 0.75 ? open[below(open.length)] : undefined;
    const isAgent = random() < 0.4;
    const name = `${isAgent ? "agent" : "tool"} ${ended.size + open.length}`;
    const attributes = isAgent
      ? { ...AGENT, "gen_ai.input.messages": text(name, below(20_000)) }
      : {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": "t",
          "gen_ai.tool.call.arguments": JSON.stringify({ name, rest: "x".repeat(below(20_000)) }),
        };
    const span = tracer.startSpan(name, { attributes }, parent?.context ?? ROOT_CONTEXT);
    const context = trace.setSpan(ROOT_CONTEXT, span);
    open.push({ span, name, isAgent, isRoot: parent === undefined, context });
  };
  const endOne = (): void => {
    const [one] = open.splice(below(open.length), 1);
    if (!one) return;
    one.span.end();
    const id = logIdOf(one.span);
    ended.set(id, one.name);
    if (one.isRoot && one.isAgent) endedRoots.add(id);
  };
  const crash = (): void => {
    const folder = join(base, `copy-${moments.length}`);
    cpSync(spoolDir, folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const dead = name.replace(`-${process.pid}-`, `-${GONE_PID}-`);
      renameSync(join(folder, name), join(folder, dead));
    }
    moments.push({
      folder,
      ended: new Map(ended),
      had: textsOf(sink),
      endedRoots: new Set(endedRoots),
      completed: new Set(sink.completed),
      port: sink.port,
    });
  };

  const crashSteps = new Set(Array.from({ length: COPIES }, () => 5 + below(STEPS - 5)));
  for (let step = 0; step < STEPS; step += 1) {
    if (random() < 0.04) isAway = !isAway;
    if (open.length === 0 || random() < 0.5) startOne();
    else endOne();
    if (random() < 0.15) await setTimeout(below(25));
    if (random() < 0.02) void processor.forceFlush();
    if (crashSteps.has(step)) crash();
  }
  const before = processor.stats();
  await processor.shutdown();
  await sink.close();
  crash();

  const lost: string[] = [];
  for (const [index, moment] of moments.entries()) {
    for (const one of await lostIn(moment)) lost.push(`moment ${index}: ${one}`);
  }
  for (const stats of [before, processor.stats()]) {
    const { recorded = 0, sent = 0, pending = 0, spooled = 0, dropped = {} } = stats ?? {};
    const sum = sent + pending + spooled + Object.values(dropped).reduce((all, n) => all + n, 0);
    if (sum !== recorded || sent < 0 || Object.keys(dropped).length > 0) {
      lost.push(`stats ${JSON.stringify(stats)}`);
    }
  }
  return lost;
}

const FAULTS: readonly Fault[] = ["reset", "lost", { status: 503 }, { status: 500 }];

/** What neither the server had nor the next start sent. */
async function lostIn(moment: Moment): Promise<readonly string[]> {
  const sink = await startLogApiSink({ batch: true, port: moment.port });
  const next = new FlowspanSpanProcessor({ url: sink.url, spoolDir: moment.folder });
  await next.forceFlush();
  await next.shutdown();
  await sink.close();
  const sent = textsOf(sink);
  const lost: string[] = [];
  for (const [id, name] of moment.ended) {
    const isThere = [moment.had.get(id), sent.get(id)].some((fields) => fields?.includes(name));
    if (!isThere) lost.push(name);
  }
  for (const id of moment.endedRoots) {
    if (!moment.completed.has(id) && !sink.completed.has(id)) lost.push(`the end of ${id}`);
  }
  const left = readdirSync(moment.folder);
  if (left.length > 0) lost.push(`left behind: ${left.join()}`);
  return lost;
}

function textsOf(sink: LogApiSink): Map<string, string> {
  return new Map([...sink.logs].map(([id, { fields }]) => [id, JSON.stringify(fields)]));
}

function logIdOf(span: Span): string {
  const { traceId, spanId } = span.spanContext();
  return `log_${traceId}${spanId}`;
}

function text(content: string, length: number): string {
  const parts = [{ type: "text", content: content + " ".repeat(length) }];
  return JSON.stringify([{ role: "user", parts }]);
}

/** mulberry32 */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
