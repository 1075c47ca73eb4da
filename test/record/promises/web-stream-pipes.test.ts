import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

type Options = Parameters<ReadableStream["pipeTo"]>[1];

const OPTIONS: Readonly<Record<string, (signal: AbortSignal) => Options>> = {
  "no options": () => ({}),
  preventCancel: () => ({ preventCancel: true }),
  preventAbort: () => ({ preventAbort: true }),
  preventClose: () => ({ preventClose: true }),
  "a signal": (signal) => ({ signal }),
  "a signal and preventCancel": (signal) => ({ signal, preventCancel: true }),
};

/** What ends the pipe, at its second chunk. */
const ENDS = ["the source closes", "the source fails", "the sink fails", "it is aborted"] as const;

describe("4.1 web streams: how pipes end", () => {
  const recording = useRecording();

  for (const end of ENDS) {
    for (const [name, options] of Object.entries(OPTIONS)) {
      promise(`a pipe with ${name} ends as without us when ${end}`, async ({ wrap }) => {
        const bare = await play((make) => make(), end, options);

        expect(await play((make) => wrap(make)(), end, options)).toEqual(bare);
        expect(recording.spans().length).toBeLessThanOrEqual(1);
      });
    }
  }
});

/** Everything that a program can notice of one pipe, in order. */
async function play(
  call: (make: () => ReadableStream<number>) => ReadableStream<number>,
  end: (typeof ENDS)[number],
  options: (signal: AbortSignal) => Options,
): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  const stop = new AbortController();
  let n = 0;
  const stream = call(
    () =>
      new ReadableStream(
        {
          pull(to) {
            if (end === "the source fails" && n === 2) throw "source failed";
            if (n === 4) to.close();
            else to.enqueue(++n);
          },
          cancel: (reason) => void seen.push("cancelled", reason),
        },
        { highWaterMark: 0 },
      ),
  );
  const sink = new WritableStream({
    write(chunk) {
      seen.push(chunk);
      if (end === "the sink fails" && chunk === 2) throw "sink failed";
      if (end === "it is aborted" && chunk === 2) stop.abort("stopped");
    },
    close: () => void seen.push("closed"),
    abort: (reason) => void seen.push("aborted", reason),
  });
  await stream.pipeTo(sink, options(stop.signal)).then(
    () => seen.push("piped"),
    (error: unknown) => seen.push("failed", error),
  );
  seen.push(stream.locked, sink.locked);
  // What a pipe leaves of its source is still the caller's.
  const reader = stream.getReader();
  await reader.read().then(
    (step) => seen.push(step),
    (error: unknown) => seen.push("unreadable", error),
  );
  return seen;
}
