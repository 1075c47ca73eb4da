import { Readable } from "node:stream";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { tracedFetch } from "../../src/fetch/index.ts";
import { useRecording } from "../record/recording.ts";
import {
  COMPLETION,
  chat,
  EVENTS_WITH_USAGE,
  STREAM_HEADERS,
  useServers,
} from "./provider-server.ts";

type Body = ReadableStream<Uint8Array>;

/** Every way to read an answer; each gives what a program can see. */
const WAYS: Record<string, (response: Response) => Promise<unknown>> = {
  json: (response) => response.json(),
  text: (response) => response.text(),
  arrayBuffer: async (response) => Buffer.from(await response.arrayBuffer()).toString(),
  blob: async (response) => (await response.blob()).text(),
  clone: async (response) => {
    const other = response.clone();
    return [await response.text(), await other.json(), other.url === response.url];
  },
  "a clone alone": (response) => response.clone().text(),
  iteration: async (response) => join(await iterate(response.body as Body)),
  "a reader": async (response) => join(await readAll((response.body as Body).getReader())),
  "a reader that brings its own buffer": async (response) => {
    const reader = (response.body as Body).getReader({ mode: "byob" });
    const pieces: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(7));
      if (value !== undefined) pieces.push(value.slice());
      if (done) return [join(pieces), pieces.map(({ length }) => length)];
    }
  },
  tee: async (response) => {
    const [left, right] = (response.body as Body).tee();
    return [join(await iterate(left)), join(await iterate(right))];
  },
  "a pipe": async (response) => {
    const pieces: Uint8Array[] = [];
    const sink = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece) });
    await (response.body as Body).pipeTo(sink);
    return join(pieces);
  },
  "a transform": async (response) =>
    join(await iterate((response.body as Body).pipeThrough(new TransformStream()))),
  "a Node stream": async (response) =>
    join(await Readable.fromWeb(response.body as never).toArray()),
  "another Response": (response) => new Response(response.body).text(),
};
// Not on every Node that this runs on.
if ("bytes" in Response.prototype) {
  WAYS.bytes = async (response) => join([await (response as never as BytesBody).bytes()]);
}

interface BytesBody {
  bytes(): Promise<Uint8Array>;
}

function join(pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces).toString();
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    pieces.push(step.value);
  }
  return pieces;
}

async function iterate(body: Body): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return pieces;
}

const SENT = { "content-type": "application/json", "x-request-id": "r-1" };

/** What can be seen of a Response beside its body. */
function outside(response: Response): unknown {
  const { url, type, redirected, status, statusText, ok, bodyUsed } = response;
  const headers = [...response.headers].filter(([name]) => name !== "date");
  return { url, type, redirected, status, statusText, ok, bodyUsed, headers };
}

describe("an answer", () => {
  const recording = useRecording();
  const serve = useServers();
  const traced = tracedFetch(fetch);

  it.each(Object.keys(WAYS))("is read by %s as it came, and recorded", async (way) => {
    const read = WAYS[way] as (response: Response) => Promise<unknown>;
    const { url } = await serve((_request, response) => {
      response.writeHead(200, SENT).end(JSON.stringify(COMPLETION));
    });

    const expected = await fetch(`${url}/v1/chat/completions`, chat());
    const got = await traced(`${url}/v1/chat/completions`, chat());

    expect(outside(got)).toEqual(outside(expected));
    expect(Object.keys(got)).toEqual([]);
    expect(Object.keys(got.body as Body)).toEqual([]);
    expect(await read(got)).toEqual(await read(expected));
    expect(outside(got)).toEqual(outside(expected));
    expect(recording.fields("chat m-1").output_message).toMatchObject({ content: "Hello" });
  });

  it("that is a form is read as one", async () => {
    const { url } = await serve((_request, response) => {
      response.setHeader("content-type", "application/x-www-form-urlencoded").end("a=1&b=2");
    });

    const got = await traced(`${url}/v1/chat/completions`, chat());

    expect([...(await got.formData())]).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(recording.spans().length).toBe(1);
  });

  it("is the very object that the wrapped fetch gave, of any class", async () => {
    class OwnResponse extends Response {}
    const answer = new OwnResponse("{}");
    const odd = { status: 200 };

    expect(
      await tracedFetch(async (_url: string, _init: object) => answer)(
        "http://h/v1/chat/completions",
        chat(),
      ),
    ).toBe(answer);
    const other = tracedFetch(async (_url: string, _init: object) => odd);
    expect(await other("http://h/v1/chat/completions", chat())).toBe(odd);
  });

  it("can be cloned twice, and read half", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, STREAM_HEADERS).end(EVENTS_WITH_USAGE.join(""));
    });

    const got = await traced(`${url}/v1/chat/completions`, chat({ stream: true }));
    const [first, second] = [got.clone(), got.clone()];

    expect(await second.text()).toBe(EVENTS_WITH_USAGE.join(""));
    await Promise.all([got.body?.cancel(), first.body?.cancel()]);
    expect(recording.fields("chat m-1")).toMatchObject({ prompt_tokens: 3 });
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("that was compressed by %s is read as what it holds", async (encoding, compress) => {
    const headers = { "content-type": "application/json", "content-encoding": encoding };
    const { url } = await serve((_request, response) => {
      response.writeHead(200, headers).end(compress(JSON.stringify(COMPLETION)));
    });

    const got = await traced(`${url}/v1/chat/completions`, chat());

    expect(await got.json()).toEqual(COMPLETION);
    expect(recording.fields("chat m-1")).toMatchObject({ prompt_tokens: 3 });
  });

  it("with no body ends its span at once", async () => {
    const { url } = await serve((_request, response) => void response.writeHead(204).end());

    await traced(`${url}/v1/chat/completions`, chat());

    expect(recording.span("chat m-1").attributes["http.response.status_code"]).toBe(204);
  });

  it.each([
    ["is broken JSON", "application/json", '{"object":"chat.comp', '{"object":"chat.comp'],
    ["is JSON of another shape", "application/json", '{"a":1}', '{"a":1}'],
    ["is a page", "text/html", "<h1>hello</h1>", "<h1>hello</h1>"],
    ["has an unknown type", "application/x-odd", "\u0000\u0001", "[binary: 2 bytes]"],
  ])("that %s is kept as it came, and named", async (_what, type, body, output) => {
    const { url } = await serve((_request, response) => {
      response.setHeader("content-type", type).end(body);
    });

    const got = await traced(`${url}/v1/chat/completions`, chat());

    expect(await got.text()).toBe(body);
    expect(recording.fields("chat m-1").output).toBe(output);
    expect(recording.span("chat m-1").attributes["flowspan.unreadable"]).toBeTruthy();
  });
});
