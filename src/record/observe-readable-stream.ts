import { context } from "@opentelemetry/api";
import { type ChunkCollector, collectChunks } from "./chunk-collector.ts";
import { defineHidden } from "./define-hidden.ts";
import { endAtCollection } from "./end-at-collection.ts";
import type { OpenedSpan } from "./run-in-span.ts";

type Step = { readonly done?: boolean; readonly value?: unknown };
type Take = (...args: unknown[]) => Promise<Step>;
type Leave = (reason?: unknown) => Promise<unknown>;

interface Transform {
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
}

/**
 * Watches a web stream through whatever the caller reads it with: a reader, iteration, `tee`,
 * `pipeTo`, `pipeThrough`, `cancel`, or a `Response` that it is the body of. Nothing is read that
 * the caller does not read. A stream that is read in a way that can't be seen (transferred to a
 * worker) ends its span at collection.
 *
 * @param contentType of a `Response` body.
 */
export function observeReadableStream(
  stream: ReadableStream,
  opened: OpenedSpan,
  contentType?: string | null,
): boolean {
  const chunks = collectChunks(opened, contentType);
  const watched = attach(stream, opened, chunks, 0, () => chunks.end("cancelled"));
  if (watched) endAtCollection(stream, opened.log);
  return watched;
}

/**
 * Puts watching methods on the stream, over those that it has: another span may watch it too.
 *
 * @param at the number of its next chunk: both branches of a `tee` give each one.
 * @param cancelled told of a cancel: cancelling one branch of a `tee` does not end the other.
 */
function attach(
  stream: ReadableStream,
  opened: OpenedSpan,
  chunks: ChunkCollector,
  at: number,
  cancelled: () => void,
): boolean {
  const { getReader, values, tee, pipeTo, pipeThrough, cancel } = stream;

  const inside = <T>(run: (...args: never[]) => T, self: object, ...args: unknown[]): T =>
    context.with(opened.context, run as (...args: unknown[]) => T, self, ...args);
  const see = (step: Step): Step => {
    if (step.done) chunks.end("ok");
    else if (at++ === chunks.count) chunks.add(step.value);
    return step;
  };
  /** Watches what gives the chunks one by one: a reader by `read`, an iterator by `next`. */
  const watchSteps = <S extends object>(
    steps: S,
    take: keyof S,
    leave: keyof S,
    leaves: () => void,
    isReader: boolean,
  ): S => {
    const { [take]: taking, [leave]: leaving } = steps as Record<keyof S, unknown>;
    defineHidden(steps, take, (...args: unknown[]) =>
      inside(taking as Take, steps, ...args).then(see, (error: unknown) => {
        // Of a reader that has let go every read fails, while the stream goes on.
        if (!isReader || stream.locked) chunks.fail(error);
        throw error;
      }),
    );
    defineHidden(steps, leave, (reason?: unknown) => {
      const left = inside(leaving as Leave, steps, reason);
      leaves();
      return left;
    });
    return steps;
  };
  const read = (self: ReadableStream, options?: { mode: "byob" }) =>
    watchSteps(
      getReader.call(self, options as undefined) as ReadableStreamDefaultReader,
      "read",
      "cancel",
      cancelled,
      true,
    );
  const iterate = function (this: ReadableStream, options?: { preventCancel?: boolean }) {
    const leaves = options?.preventCancel ? () => {} : cancelled;
    return watchSteps(values.call(this, options), "next", "return", leaves, false);
  };
  /** The platform reads a piped stream unseen: it pipes one that reads this one as it is pulled. */
  const pipe = (self: ReadableStream, sink: WritableStream, options?: object) => {
    const reader = read(self);
    const seen = new ReadableStream(
      {
        pull: async (controller) => {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
    return pipeTo.call(seen, sink, options).finally(() => reader.releaseLock());
  };
  /** What the platform refuses at once it has to refuse itself. */
  const isFree = (self: ReadableStream, sink?: WritableStream) =>
    !self.locked && sink?.locked === false;

  const methods: Readonly<Record<PropertyKey, unknown>> = {
    getReader(this: ReadableStream, options?: { mode: "byob" }) {
      return read(this, options);
    },
    values: iterate,
    [Symbol.asyncIterator]: iterate,
    tee(this: ReadableStream) {
      const branches = tee.call(this);
      let reading = branches.length;
      const leave = () => {
        if (--reading === 0) cancelled();
      };
      for (const branch of branches) attach(branch, opened, chunks, at, leave);
      return branches;
    },
    pipeTo(this: ReadableStream, sink: WritableStream, options?: object) {
      return isFree(this, sink) ? pipe(this, sink, options) : pipeTo.call(this, sink, options);
    },
    pipeThrough(this: ReadableStream, transform: Transform, options?: object) {
      const { readable, writable } = transform;
      if (!isFree(this, writable)) return pipeThrough.call(this, transform, options);
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
