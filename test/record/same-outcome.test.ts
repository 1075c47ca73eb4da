import { Readable, Writable } from "node:stream";
import { trace } from "@opentelemetry/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { type FunctionPlan, functionPlan, makeFunction, makePool } from "./random-calls.ts";
import { useRecording } from "./recording.ts";

/** More with `FUZZ_RUNS=100000 npx vitest run test/record/same-outcome.test.ts`. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 3000);

/** How the result is used. */
const consumer = fc.record({
  way: fc.constantFrom(
    "plain",
    "twice",
    "then",
    "catch",
    "finally",
    "all",
    "break",
    "throw",
    "reader",
    "tee",
  ),
  /** Pieces that are taken before it is left. */
  take: fc.nat(5),
  args: fc.array(fc.nat(18), { maxLength: 3 }),
});
type Consumer = typeof consumer extends fc.Arbitrary<infer T> ? T : never;

const WRAPPERS = { flow, prompt, tool } as const;

/** Everything that a program can notice of one call, in order. Values stand by their identity. */
async function play(
  plan: FunctionPlan,
  { way, take, args }: Consumer,
  pool: readonly unknown[],
  wrap: (fn: (...args: unknown[]) => unknown) => (...args: unknown[]) => unknown,
): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  const self = { self: true };
  const note = (what: string, ...values: unknown[]): void => {
    seen.push(
      what,
      ...values.map((value) => (pool.includes(value) ? pool.indexOf(value) : kindOf(value))),
    );
  };
  const given = args.map((at) => pool[at]);
  const fn = wrap(
    makeFunction(plan, pool, (own, received) => {
      seen.push(own === self, received.length);
      note("args", ...received);
    }),
  );
  note("function", fn.name, fn.length);
  let result: unknown;
  try {
    result = Reflect.apply(fn, self, given);
  } catch (error) {
    note("threw", error);
    return seen;
  }
  note("gave", result);
  note("active outside", trace.getActiveSpan());
  await consume(result, way, take, note);
  return seen;
}

type Note = (what: string, ...values: unknown[]) => void;

async function consume(
  result: unknown,
  way: Consumer["way"],
  take: number,
  note: Note,
): Promise<void> {
  try {
    if (isThenable(result)) await consumeThenable(result, way, take, note);
    else if (result instanceof Readable) await consumeNodeStream(result, way, take, note);
    else if (result instanceof ReadableStream) await consumeStream(result, way, take, note);
    else if (isObject(result) && Object.prototype.toString.call(result) === "[object Generator]") {
      consumeGenerator(result as Generator, way, take, note);
    } else if (isObject(result) && hasAsyncIterator(result)) {
      await consumeIterable(result as AsyncGenerator, way, take, note);
    }
  } catch (error) {
    note("failed", error);
  }
}

async function consumeThenable(
  result: PromiseLike<unknown>,
  way: Consumer["way"],
  take: number,
  note: Note,
) {
  const promise = result as Promise<unknown>;
  const inner = async (value: unknown): Promise<void> => {
    note("settled", value);
    if (isObject(value) && !isThenable(value)) await consume(value, way, take, note);
  };
  if (way === "twice") note("again", await result, await result);
  else if (way === "all") note("all", ...(await Promise.all([result, 1])));
  else if (way === "then") await result.then(inner, (error) => note("rejected", error));
  else if (way === "catch" && result instanceof Promise) {
    note("caught", await promise.catch((error) => note("rejected", error)));
  } else if (way === "finally" && result instanceof Promise) {
    await promise.finally(() => note("finally")).then(inner);
  } else await inner(await result);
}

function consumeGenerator(generator: Generator, way: string, take: number, note: Note): void {
  if (way === "break" || way === "throw") {
    for (let at = 0; at < take; at++) noteStep(generator.next(at), note);
    noteStep(
      way === "break" ? generator.return("left") : generator.throw(new RangeError("in")),
      note,
    );
    noteStep(generator.next(), note);
  } else note("spread", ...generator);
}

async function consumeIterable(iterable: AsyncGenerator, way: string, take: number, note: Note) {
  if ((way === "break" || way === "throw") && typeof iterable.next === "function") {
    for (let at = 0; at < take; at++) noteStep(await iterable.next(at), note);
    const last = way === "break" ? iterable.return("left") : iterable.throw(new RangeError("in"));
    noteStep(await last, note);
    return;
  }
  let taken = 0;
  for await (const piece of iterable) {
    note("piece", piece, trace.getActiveSpan());
    if (way === "break" && ++taken >= take) break;
  }
  note("drained");
}

async function consumeStream(stream: ReadableStream, way: string, take: number, note: Note) {
  if (way === "reader" || way === "throw") {
    const reader = stream.getReader();
    for (let at = 0; at < take; at++) noteStep(await reader.read(), note);
    await reader.cancel("enough");
    reader.releaseLock();
  } else if (way === "tee") {
    const [left, right] = stream.tee();
    await Promise.all([consumeStream(left, "plain", take, note), right.cancel()]);
  } else if (way === "all") {
    await stream.pipeTo(new WritableStream({ write: (piece) => note("written", piece) }));
  } else if (way === "then") {
    await consumeStream(stream.pipeThrough(new TransformStream()), "plain", take, note);
    // A pipe lets go some microtasks after its other side has ended.
    await new Promise((resolve) => setImmediate(resolve));
  } else {
    let taken = 0;
    for await (const piece of stream) {
      note("piece", piece);
      if (way === "break" && ++taken >= take) break;
    }
  }
  note("locked", stream.locked);
}

async function consumeNodeStream(stream: Readable, way: string, take: number, note: Note) {
  const closed = new Promise((resolve) => stream.on("close", resolve));
  stream.on("error", (error) => note("error", error, trace.getActiveSpan()));
  if (way === "then") stream.on("data", (piece) => note("piece", piece, trace.getActiveSpan()));
  else if (way === "all") {
    const write = (piece: unknown, _encoding: string, done: () => void) => {
      note("written", piece);
      done();
    };
    stream.pipe(new Writable({ objectMode: true, write }));
  } else if (way === "finally") stream.destroy();
  else await consumeIterable(stream as never, way, take, note);
  await closed;
  note("destroyed", stream.readableEnded, stream.errored, stream.readableFlowing);
}

function noteStep(step: { done?: boolean; value?: unknown }, note: Note): void {
  note(step.done ? "done" : "piece", step.value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return isObject(value) && typeof (value as { then?: unknown }).then === "function";
  } catch {
    return false;
  }
}

function hasAsyncIterator(value: object): boolean {
  try {
    return Symbol.asyncIterator in value;
  } catch {
    return false;
  }
}

/** What can be told of a value that is not from the pool. */
function kindOf(value: unknown): unknown {
  if (!isObject(value)) return typeof value === "function" ? "function" : value;
  try {
    const made = Object.getPrototypeOf(value)?.constructor?.name;
    const text = value instanceof Error ? value.message : Object.keys(value).join();
    return `${made} ${Object.prototype.toString.call(value)} ${text}`;
  } catch {
    return "unreadable";
  }
}

describe("random functions, arguments and consumers", () => {
  const recording = useRecording();

  it("wrapped: the same outcome as bare, and every span ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        functionPlan,
        consumer,
        fc.constantFrom("flow", "prompt", "tool"),
        async (plan, use, type) => {
          const pool = makePool();
          const bare = await play(plan, use, pool, (fn) => fn);
          const wrapped = await play(plan, use, pool, WRAPPERS[type]);

          expect(wrapped).toEqual(bare);
        },
      ),
      { numRuns },
    );
    expect(recording.spans().length).toBeGreaterThan(numRuns / 2);
  }, 3_600_000);
});
