import type { Context } from "@opentelemetry/api";
import type { Outcome } from "../base/log-types.ts";
import { defineHidden } from "./define-hidden.ts";
import { context } from "./otel-api.ts";

/** Takes what a stream gives, as it is read, and how that ends. Nothing throws. */
export interface StreamWatcher {
  /** Chunks taken so far. */
  count: number;
  add(chunk: unknown): void;
  end(outcome: Outcome): void;
  fail(error: unknown): void;
}

/** One step of a reader or an iterator. */
export interface Step {
  readonly done?: boolean;
  readonly value?: unknown;
}

/** Gives the next step; a reader of bytes is handed the view to fill. */
export type Take = (...args: unknown[]) => Promise<Step>;

/** What stands between a stream and who reads it. */
export interface Sieve {
  /** The next step for the reader, made of those that `take` gives. */
  take(take: Take, args: unknown[]): Promise<Step>;
  /** One for a branch of a `tee`, as far along as this one. */
  fork(): Sieve;
}

type PipeOptions = Parameters<ReadableStream["pipeTo"]>[1];

type Leave = (reason?: unknown) => Promise<unknown>;

interface Transform {
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
}

/**
 * Watches a web stream through whatever the caller reads it with: a reader, iteration, `tee`,
 * `pipeTo`, `pipeThrough`, `cancel`, or a `Response` that it is the body of. Nothing is read that
 * the caller does not read. What reads it in another way (a transfer to a worker) is not seen.
 *
 * Its methods are put over those that it has: another span may watch it too.
 *
 * @param inner the context that the stream's source runs in.
 * @param sieve what the caller gets instead of what the stream gives.
 * @returns false when the stream can't be changed.
 */
export function watchStream(
  stream: ReadableStream,
  inner: Context,
  watcher: StreamWatcher,
  sieve?: Sieve,
): boolean {
  return attach(stream, inner, watcher, sieve, 0, () => watcher.end("cancelled"));
}

/**
 * @param at the number of its next chunk: both branches of a `tee` give each one.
 * @param cancelled told of a cancel: cancelling one branch of a `tee` does not end the other.
 */
function attach(
  stream: ReadableStream,
  inner: Context,
  watcher: StreamWatcher,
  sieve: Sieve | undefined,
  at: number,
  cancelled: () => void,
): boolean {
  const { getReader, values, tee, pipeTo, pipeThrough, cancel } = stream;
  /** Who reads it: a reader that has let go fails, while the stream goes on. */
  let holder: unknown;

  const inside = <T>(run: (...args: never[]) => T, self: object, ...args: unknown[]): T =>
    context.with(inner, run as (...args: unknown[]) => T, self, ...args);
  const see = (step: Step): Step => {
    if (step.done) watcher.end("ok");
    else if (at++ === watcher.count) watcher.add(step.value);
    return step;
  };
  const failed = (steps: object, error: unknown): void => {
    // An iterator lets go by itself when the stream breaks.
    const isHeld = stream.locked || !("releaseLock" in steps);
    if (steps === holder && isHeld) watcher.fail(error);
  };
  /** Watches what gives the chunks one by one: a reader by `read`, an iterator by `next`. */
  const watchSteps = <S extends object>(
    steps: S,
    take: keyof S,
    leave: keyof S,
    leaves: () => void,
  ): S => {
    const { [take]: taking, [leave]: leaving } = steps as Record<keyof S, unknown>;
    holder = steps;
    const next = (...args: unknown[]) =>
      inside(taking as Take, steps, ...args).then(see, (error: unknown) => {
        failed(steps, error);
        throw error;
      });
    defineHidden(steps, take, sieve ? (...args: unknown[]) => sieve.take(next, args) : next);
    defineHidden(steps, leave, (reason?: unknown) => {
      const left = inside(leaving as Leave, steps, reason);
      leaves();
      return left;
    });
    return steps;
  };
  const read = (self: ReadableStream, options?: { mode: "byob" }) => {
    const reader = getReader.call(self, options as undefined) as ReadableStreamDefaultReader;
    // What breaks while nobody is reading, such as an aborted call, shows here at once.
    reader.closed?.catch((error: unknown) => failed(reader, error));
    return watchSteps(reader, "read", "cancel", cancelled);
  };
  const iterate = function (this: ReadableStream, options?: { preventCancel?: boolean }) {
    const leaves = options?.preventCancel ? () => {} : cancelled;
    return watchSteps(values.call(this, options), "next", "return", leaves);
  };
  /** The platform reads a piped stream unseen: it pipes one that reads this one as it is pulled. */
  const pipe = (self: ReadableStream, sink: WritableStream, options?: PipeOptions) => {
    const reader = read(self);
    // Who asks whether the stream is in use gets the platform's answer at once.
    let first = isThirsty(sink) ? reader.read() : undefined;
    // Where nobody takes it: the pipe fails by itself.
    first?.catch(() => {});
    const take = async (controller: ReadableStreamDefaultController) => {
      const { done, value } = await (first ?? reader.read());
      first = undefined;
      if (done) controller.close();
      else controller.enqueue(value);
    };
    let taken = Promise.resolve();
    const seen = new ReadableStream(
      {
        start: (controller) => {
          // What breaks shows at once, though the sink takes nothing just now.
          reader.closed.catch((error: unknown) => {
            const fail = () => controller.error(error);
            return taken.then(fail, fail);
          });
        },
        pull: (controller) => {
          taken = take(controller);
          return taken;
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
    return pipeTo.call(seen, sink, options).finally(() => reader.releaseLock());
  };
  /** What the platform refuses or aborts at once is left to it: it cancels an aborted one unseen. */
  const isFree = (self: ReadableStream, sink?: WritableStream, options?: PipeOptions) => {
    if (self.locked || sink?.locked !== false) return false;
    if (!options?.signal?.aborted) return true;
    if (!options.preventCancel) cancelled();
    return false;
  };

  const methods: Readonly<Record<PropertyKey, unknown>> = {
    getReader(this: ReadableStream, options?: { mode: "byob" }) {
      return read(this, options);
    },
    values: iterate,
    [Symbol.asyncIterator]: iterate,
    tee(this: ReadableStream) {
      const branches = tee.call(this);
      holder = branches;
      let reading = branches.length;
      const leave = () => {
        if (--reading === 0) cancelled();
      };
      for (const branch of branches) attach(branch, inner, watcher, sieve?.fork(), at, leave);
      return branches;
    },
    pipeTo(this: ReadableStream, sink: WritableStream, options?: PipeOptions) {
      return isFree(this, sink, options)
        ? pipe(this, sink, options)
        : pipeTo.call(this, sink, options);
    },
    pipeThrough(this: ReadableStream, transform: Transform, options?: PipeOptions) {
      const { readable, writable } = transform;
      if (!isFree(this, writable, options)) return pipeThrough.call(this, transform, options);
      // As the standard has it: the pipe's own failure shows on the transform's sides.
      pipe(this, writable, options).catch(() => {});
      return readable;
    },
    cancel(this: ReadableStream, reason?: unknown) {
      const done = inside(cancel, this, reason);
      if (!this.locked) cancelled();
      return done;
    },
  };
  return Reflect.ownKeys(methods).every((name) =>
    defineHidden(stream, name, methods[name as string]),
  );
}

/** Whether a pipe into it reads its first chunk at once. */
function isThirsty(sink: WritableStream): boolean {
  const writer = sink.getWriter();
  const { desiredSize } = writer;
  writer.releaseLock();
  return desiredSize !== null && desiredSize > 0;
}
