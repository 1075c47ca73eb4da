import fc from "fast-check";
import { expect, it } from "vitest";
import { tracedFetch } from "../../src/fetch/index.ts";
import { useRecording } from "../record/recording.ts";
import { chat, EVENTS, STREAM_HEADERS } from "./provider-server.ts";

/** What a provider's answer does as it is read. */
interface Source {
  readonly pieceLength: number;
  readonly end: "closes" | "fails" | "hangs";
  readonly isBytes: boolean;
}

/** What a program has of one answer so far. */
interface Held {
  readonly responses: Response[];
  readonly streams: ReadableStream[];
  readonly readers: ReadableStreamDefaultReader[];
  readonly iterators: AsyncIterator<unknown>[];
  readonly seen: string[];
}

type Use = (held: Held) => unknown;

const last = <T>(list: readonly T[]): T => list.at(-1) as T;

/** Everything that a program may do with an answer, in any order, in reason or not. */
const USES: Readonly<Record<string, Use>> = {
  text: ({ responses }) => last(responses).text(),
  json: ({ responses }) => responses[0]?.json(),
  clone: ({ responses, streams }) => {
    responses.push(last(responses).clone());
    streams.push(last(responses).body as ReadableStream);
  },
  "a reader": ({ streams, readers }) => void readers.push(last(streams).getReader()),
  "a reader of the first": ({ streams, readers }) =>
    void readers.push((streams[0] as ReadableStream).getReader()),
  "a read": ({ readers }) => last(readers)?.read(),
  "two reads": ({ readers }) => Promise.allSettled([last(readers)?.read(), last(readers)?.read()]),
  "a reader's end": ({ readers }) => last(readers)?.closed,
  release: ({ readers }) => last(readers)?.releaseLock(),
  "a reader's cancel": ({ readers }) => last(readers)?.cancel("enough"),
  cancel: ({ streams }) => last(streams).cancel("gone"),
  tee: ({ streams }) => void streams.push(...last(streams).tee()),
  iterate: ({ streams, iterators }) => void iterators.push(last(streams).values()),
  "iterate, to go on": ({ streams, iterators }) =>
    void iterators.push(last(streams).values({ preventCancel: true })),
  next: ({ iterators }) => last(iterators)?.next(),
  return: ({ iterators }) => last(iterators)?.return?.("left"),
  pipe: ({ streams, seen }) => last(streams).pipeTo(sinkOf(seen)),
  "a pipe that is aborted": ({ streams, seen }) =>
    last(streams).pipeTo(sinkOf(seen), { signal: AbortSignal.abort("no") }),
  transform: ({ streams }) => void streams.push(last(streams).pipeThrough(new TransformStream())),
  "another Response": ({ responses, streams }) => void responses.push(new Response(last(streams))),
  look: ({ responses, streams }) => [last(responses).bodyUsed, last(streams).locked],
};

function sinkOf(seen: string[]): WritableStream {
  return new WritableStream({
    write: (piece) => void seen.push(`written ${Buffer.from(piece)}`),
    close: () => void seen.push("closed"),
    abort: (reason) => void seen.push(`aborted ${reason}`),
  });
}

function answerOf({ pieceLength, end, isBytes }: Source, seen: string[]): Response {
  const left = new TextEncoder().encode(EVENTS.join(""));
  let at = 0;
  const source = {
    type: isBytes ? "bytes" : undefined,
    pull(controller: ReadableByteStreamController) {
      seen.push("pulled");
      const piece = left.slice(at, at + pieceLength);
      at += pieceLength;
      if (piece.length > 0) return controller.enqueue(piece);
      if (end === "fails") throw new TypeError("terminated", { cause: new Error("cut") });
      if (end === "closes") controller.close();
    },
    cancel: (reason: unknown) => void seen.push(`cancelled ${reason}`),
  };
  const body = new ReadableStream(source as never, { highWaterMark: 0 });
  return new Response(body, { headers: STREAM_HEADERS });
}

/** All that the program, the source and the sinks see, after each use. */
async function run(isHooked: boolean, source: Source, uses: readonly string[]): Promise<unknown> {
  const seen: string[] = [];
  const fake = async (_url: string, _init: object) => answerOf(source, seen);
  const call = isHooked ? tracedFetch(fake, { includeUsage: false }) : fake;
  const response = await call("http://h.test/v1/chat/completions", chat({ stream: true }));
  const streams = [response.body as ReadableStream];
  const held: Held = { responses: [response], streams, readers: [], iterators: [], seen };
  const steps: string[][] = [];
  for (const name of uses) {
    const use = async () => (USES[name] as Use)(held);
    use().then(
      (value) => seen.push(`${name}: ${JSON.stringify(value)}`),
      (error) => seen.push(`${name} fails: ${error} ${(error as Error)?.cause}`),
    );
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    steps.push(seen.splice(0).sort());
  }
  return steps;
}

const SOURCE = fc.record({
  pieceLength: fc.constantFrom(7, 60, 1_000),
  end: fc.constantFrom("closes", "fails", "hangs"),
  isBytes: fc.boolean(),
}) as fc.Arbitrary<Source>;

useRecording();

it("is used by any program as it is without the hook", async () => {
  const uses = fc.array(fc.constantFrom(...Object.keys(USES)), { minLength: 1, maxLength: 8 });

  await fc.assert(
    fc.asyncProperty(SOURCE, uses, async (source, names) => {
      expect(await run(true, source, names)).toEqual(await run(false, source, names));
    }),
    { numRuns: 150 },
  );
});
