import { context } from "@opentelemetry/api";
import { collectChunks } from "./chunk-collector.ts";
import { defineHidden } from "./define-hidden.ts";
import { endAtCollection } from "./end-at-collection.ts";
import { observeIterator } from "./observe-iterator.ts";
import type { OpenedSpan } from "./run-in-span.ts";

type Reader = ReadableStreamDefaultReader | ReadableStreamBYOBReader;

interface Transform {
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
}

/**
 * Watches a web stream through whatever the caller reads it with: a reader, iteration, `tee`,
 * `pipeTo`, `pipeThrough` or `cancel`. Nothing is read that the caller does not read. A stream
 * that is read in a way that can't be seen (as a `Response` body) ends its span at collection.
 */
export function observeReadableStream(stream: ReadableStream, opened: OpenedSpan): boolean {
  const watched = attach(stream, opened, () => true);
  if (watched) endAtCollection(stream, opened.log);
  return watched;
}

/**
 * Puts watching methods on the stream, over those that it has: another span may watch it too.
 *
 * @param endsSource asked at a cancel: cancelling one branch of a `tee` does not end the other.
 */
function attach(stream: ReadableStream, opened: OpenedSpan, endsSource: () => boolean): boolean {
  const { getReader, values, tee, pipeTo, pipeThrough, cancel } = stream;
  const { log } = opened;
  const chunks = collectChunks(opened);
  const end = (outcome: "ok" | "cancelled"): void => {
    chunks.finish();
    log.end(outcome);
  };
  const fail = (error: unknown): never => {
    chunks.finish();
    log.fail(error);
    throw error;
  };
  const cancelled = (done: Promise<void>): Promise<void> => {
    if (endsSource()) end("cancelled");
    return done;
  };
  const seen = (result: { done: boolean; value?: unknown }): unknown => {
    if (result.done) end("ok");
    else chunks.add(result.value);
    return result;
  };
  const watchReader = (reader: Reader): Reader => {
    const { read, cancel } = reader;
    defineHidden(reader, "read", (...args: [never]) => {
      const step = context.with(opened.context, () => Reflect.apply(read, reader, args));
      // Of a reader that has let go every read fails, while the stream goes on.
      return step.then(seen, (error: unknown) =>
        stream.locked ? fail(error) : Promise.reject(error),
      );
    });
    defineHidden(reader, "cancel", (reason?: unknown) => cancelled(cancel.call(reader, reason)));
    return reader;
  };
  const iterate = function (this: ReadableStream, options?: { preventCancel?: boolean }) {
    const iterator = values.call(this, options);
    observeIterator(iterator, opened);
    return iterator;
  };
  const pipe = function (this: ReadableStream, sink: WritableStream, options?: object) {
    return pipeTo.call(this, sink, options).then(() => end("ok"), fail);
  };
  const methods: Readonly<Record<PropertyKey, unknown>> = {
    getReader(this: ReadableStream, options?: { mode: "byob" }) {
      return watchReader(getReader.call(this, options as { mode: "byob" }));
    },
    values: iterate,
    [Symbol.asyncIterator]: iterate,
    tee(this: ReadableStream) {
      const branches = tee.call(this);
      // Both branches carry every chunk; each is watched apart, and the first to end ends the
      // span with all that it has seen.
      let reading = branches.length;
      for (const branch of branches) attach(branch, opened, () => --reading === 0 && endsSource());
      return branches;
    },
    pipeTo: pipe,
    pipeThrough(this: ReadableStream, transform: Transform, options?: object) {
      const { readable, writable } = transform;
      // What the platform refuses at once, it has to refuse here.
      if (this.locked || writable?.locked !== false) {
        return pipeThrough.call(this, transform, options);
      }
      // As the standard has it: the pipe's own failure shows on the transform's sides.
      pipe.call(this, writable, options).catch(() => {});
      return readable;
    },
    cancel(this: ReadableStream, reason?: unknown) {
      const done = cancel.call(this, reason);
      return this.locked ? done : cancelled(done);
    },
  };
  return Reflect.ownKeys(methods).every((name) =>
    defineHidden(stream, name, methods[name as string]),
  );
}
