import { describe, expect, it } from "vitest";
import { flow } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

interface Case {
  /** The source fails after so many chunks. */
  readonly sourceFailsAfter?: number;
  /** The sink refuses the chunk with this number. */
  readonly sinkFailsAt?: number;
  /** The pipe is aborted when the sink gets the chunk with this number. */
  readonly abortsAt?: number;
  /** The pipe is aborted before it begins. */
  readonly isAborted?: boolean;
  readonly options?: Parameters<ReadableStream["pipeTo"]>[1];
}

const CASES: Readonly<Record<string, Case>> = {
  drained: {},
  preventClose: { options: { preventClose: true } },
  "a failing source": { sourceFailsAfter: 2 },
  "a failing source, preventAbort": { sourceFailsAfter: 2, options: { preventAbort: true } },
  "a failing sink": { sinkFailsAt: 1 },
  "a failing sink, preventCancel": { sinkFailsAt: 1, options: { preventCancel: true } },
  "a pipe aborted before it begins": { isAborted: true },
  "an aborted pipe": { abortsAt: 1 },
  "an aborted pipe, preventCancel": { abortsAt: 1, options: { preventCancel: true } },
};

/** All that can be seen of one pipe: by its ends, its promise, and the stream afterwards. */
async function pipe(wrap: <F extends () => ReadableStream>(fn: F) => F, given: Case) {
  const seen: unknown[] = [];
  let pulled = 0;
  const source = () =>
    new ReadableStream(
      {
        pull(controller) {
          if (pulled === given.sourceFailsAfter) throw new Error("source");
          if (pulled++ === 4) controller.close();
          else controller.enqueue(`piece ${pulled}`);
        },
        cancel: (reason) => void seen.push("cancelled", String(reason)),
      },
      { highWaterMark: 0 },
    );
  const abort = new AbortController();
  if (given.isAborted) abort.abort(new Error("never"));
  let written = 0;
  const sink = new WritableStream({
    write(piece) {
      seen.push(piece, pulled);
      if (written === given.abortsAt) abort.abort(new Error("enough"));
      if (written++ === given.sinkFailsAt) throw new Error("sink");
    },
    close: () => void seen.push("closed"),
    abort: (reason) => void seen.push("aborted", String(reason)),
  });
  const stream = wrap(source)();
  const piping = stream.pipeTo(sink, { ...given.options, signal: abort.signal });
  seen.push(stream.locked, sink.locked);
  seen.push(await piping.then(() => "done", String));
  seen.push(stream.locked, sink.locked, pulled);
  if (given.options?.preventCancel) seen.push(await stream.getReader().read());
  return seen;
}

describe("a watched stream that is piped", () => {
  const recording = useRecording();

  it.each(Object.entries(CASES))(
    "is seen as a bare one from both ends: %s",
    async (_name, given) => {
      const bare = await pipe((fn) => fn, given);

      expect(await pipe((fn) => flow("go", fn), given)).toEqual(bare);
    },
  );

  it("fails as soon as it breaks, though the sink takes nothing just then", async () => {
    const abort = new AbortController();
    const start = (controller: ReadableStreamDefaultController) => {
      abort.signal.onabort = () => controller.error(new Error("gone"));
    };
    const stream = flow("go", () => new ReadableStream({ start }))();
    const piping = stream.pipeTo(new WritableStream({}, { highWaterMark: 0 }));
    abort.abort();

    await expect(piping).rejects.toThrow("gone");
    expect(recording.fields("go").error).toBe("Error: gone");
  });

  it("records the chunks and how the pipe ended", async () => {
    await pipe((fn) => flow("drained", fn), {});
    await pipe((fn) => flow("failing source", fn), { sourceFailsAfter: 2 });
    await pipe((fn) => flow("failing sink", fn), { sinkFailsAt: 1 });

    expect(recording.fields("drained").output).toBe("piece 1piece 2piece 3piece 4");
    expect(recording.fields("failing source")).toMatchObject({
      output: "piece 1piece 2",
      error: "Error: source",
    });
    expect(recording.span("failing sink").attributes["flowspan.outcome"]).toBe("cancelled");
  });

  it("stays open when the sink has failed and the stream may be read on", async () => {
    await pipe((fn) => flow("go", fn), CASES["a failing sink, preventCancel"] as Case);

    expect(recording.spans()).toEqual([]);
  });

  it("through transforms, its branches and again: each chunk is recorded once", async () => {
    const source = new ReadableStream({
      start(controller) {
        for (const piece of ["a", "b", "c"]) controller.enqueue(piece);
        controller.close();
      },
    });
    const [left, rest] = flow("go", () => source)().tee();
    const [middle, right] = rest.tee();

    await Promise.all([
      left.pipeThrough(new TransformStream()).pipeTo(new WritableStream()),
      middle.pipeTo(new WritableStream()),
      right.pipeThrough(new TransformStream()).pipeTo(new WritableStream()),
    ]);
    expect(recording.fields("go").output).toBe("abc");
  });
});
