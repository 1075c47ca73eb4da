export type Chunks = ReadableStream<string>;

/** A source that gives the chunks one a pull, and then closes or fails. */
export function streamOf(chunks: readonly string[], error?: Error): Chunks {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (error !== undefined) controller.error(error);
      else controller.close();
    },
  });
}

/** A byte stream that fills the buffer that it is given. */
export function bytesOf(text: string): ReadableStream<Uint8Array> {
  let left = new TextEncoder().encode(text);
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view as Uint8Array | undefined;
      const size = Math.min(left.length, view?.length ?? 2);
      const piece = left.subarray(0, size);
      left = left.slice(size);
      if (size === 0) {
        controller.close();
        request?.respond(0);
      } else if (view !== undefined) {
        view.set(piece);
        request?.respond(size);
      } else controller.enqueue(piece);
    },
  });
}

/** All chunks, by iteration. */
export async function collect(source: AsyncIterable<string>): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return chunks;
}
