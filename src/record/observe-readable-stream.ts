import { endAtCollection } from "../spans/end-at-collection.ts";
import { watchStream } from "../spans/watch-stream.ts";
import { collectChunks } from "./chunk-collector.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/**
 * Records a web stream as the caller reads it. One that is read in a way that can't be seen
 * (transferred to a worker) ends its span at collection.
 *
 * @param contentType of a `Response` body.
 * @param result what the stream is part of, if that can tell the whole answer at its end.
 */
export function observeReadableStream(
  stream: ReadableStream,
  opened: OpenedSpan,
  contentType?: string | null,
  result?: object,
): boolean {
  const watched = watchStream(stream, opened.context, collectChunks(opened, contentType, result));
  if (watched) endAtCollection(stream, opened.log);
  return watched;
}
