import { ChunkCollector } from "./chunk-collector.ts";
import { defineHidden } from "./define-hidden.ts";
import { endAtCollection } from "./end-at-collection.ts";
import { observeIterator } from "./observe-iterator.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/**
 * Watches a web stream through whatever the caller reads it with: a reader, iteration, `tee`,
 * `pipeTo`, `pipeThrough` or `cancel`. Nothing is read that the caller does not read. A stream
 * that is read in a way that can't be seen (as a `Response` body) ends its span at collection.
 */
export function observeReadableStream(stream: ReadableStream, opened: OpenedSpan): boolean {
  const watcher = new StreamWatcher(opened);
  const watched = watcher.attach(stream);
  if (watched) endAtCollection(stream, opened.log);
  return watched;
}

class StreamWatcher {
  readonly #opened: OpenedSpan;
  readonly #chunks: ChunkCollector;

  constructor(opened: OpenedSpan) {
    this.#opened = opened;
    this.#chunks = new ChunkCollector(opened.log, opened.settings);
  }

  attach(stream: ReadableStream): boolean {
    const { getReader, values, tee, pipeTo, cancel } = ReadableStream.prototype;
    const watcher = this;
    const iterate = function (this: ReadableStream, options?: { preventCancel?: boolean }) {
      const iterator = values.call(this, options);
      observeIterator(iterator, () => watcher.#opened);
      return iterator;
    };
    const pipe = function (this: ReadableStream, sink: WritableStream, options?: object) {
      return watcher.#piped(pipeTo.call(this, sink, options));
    };
    const methods: Readonly<Record<PropertyKey, unknown>> = {
      getReader(this: ReadableStream, options?: { mode: "byob" }) {
        return watcher.#reader(getReader.call(this, options as { mode: "byob" }));
      },
      values: iterate,
      [Symbol.asyncIterator]: iterate,
      tee(this: ReadableStream) {
        const branches = tee.call(this);
        // Both branches carry every chunk; each is watched apart, and the first to end ends
        // the span with all that it has seen.
        for (const branch of branches) new StreamWatcher(watcher.#opened).attach(branch);
        return branches;
      },
      pipeTo: pipe,
      pipeThrough(
        this: ReadableStream,
        transform: { readable: ReadableStream; writable: WritableStream },
        options?: object,
      ) {
        // As the standard has it: the pipe's own failure shows on the transform's sides.
        pipe.call(this, transform.writable, options).catch(() => {});
        return transform.readable;
      },
      cancel(this: ReadableStream, reason?: unknown) {
        return watcher.#cancelled(cancel.call(this, reason));
      },
    };
    return Reflect.ownKeys(methods).every((name) =>
      defineHidden(stream, name, methods[name as string]),
    );
  }

  #reader(reader: ReadableStreamDefaultReader | ReadableStreamBYOBReader): unknown {
    const { read, cancel } = reader;
    defineHidden(reader, "read", (...args: [never]) =>
      this.#seen(Reflect.apply(read, reader, args)),
    );
    defineHidden(reader, "cancel", (reason?: unknown) =>
      this.#cancelled(Reflect.apply(cancel, reader, [reason])),
    );
    return reader;
  }

  #seen(step: Promise<{ done: boolean; value?: unknown }>): Promise<unknown> {
    return step.then(
      (result) => {
        if (result.done) this.#end("ok");
        else this.#chunks.add(result.value);
        return result;
      },
      (error: unknown) => this.#failed(error),
    );
  }

  #piped(done: Promise<void>): Promise<void> {
    return done.then(
      () => this.#end("ok"),
      (error: unknown) => this.#failed(error),
    );
  }

  #cancelled(done: Promise<void>): Promise<void> {
    this.#end("cancelled");
    return done;
  }

  #failed(error: unknown): never {
    this.#chunks.finish();
    this.#opened.log.fail(error);
    throw error;
  }

  #end(outcome: "ok" | "cancelled"): void {
    this.#chunks.finish();
    this.#opened.log.end(outcome);
  }
}
