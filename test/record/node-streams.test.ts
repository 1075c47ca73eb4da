import { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { FORMS, type FormName } from "./promises/forms.ts";
import { useRecording } from "./recording.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Every way to read a Node stream; each gives what a program can see. */
const WAYS: Readonly<Record<string, (stream: Readable) => Promise<unknown>>> = {
  iteration: async (stream) => collect(stream),
  "data events": (stream) =>
    new Promise((resolve) => {
      const pieces: unknown[] = [];
      stream.on("data", (piece) => pieces.push(piece)).on("end", () => resolve(pieces));
    }),
  "readable events and read()": (stream) =>
    new Promise((resolve) => {
      const pieces: unknown[] = [];
      stream.on("readable", () => {
        for (let piece = stream.read(); piece !== null; piece = stream.read()) pieces.push(piece);
      });
      stream.on("end", () => resolve(pieces));
    }),
  pipe: async (stream) => collect(stream.pipe(new PassThrough({ objectMode: true }))),
  pipeline: async (stream) => {
    const pieces: unknown[] = [];
    const sink = new Writable({
      objectMode: true,
      write: (piece, _encoding, done) => done(void pieces.push(piece)),
    });
    await pipeline(stream, sink);
    return pieces;
  },
  toWeb: async (stream) => collect(Readable.toWeb(stream)),
};

describe("a readable Node stream", () => {
  const recording = useRecording();

  describe.each(Object.keys(WAYS))("read by %s", (way) => {
    it.each(Object.keys(FORMS) as FormName[])("%s", async (form) => {
      const read = WAYS[way] as (stream: Readable) => Promise<unknown>;
      const expected = await read(Readable.from(["a", "b", "c"]));
      const source = Readable.from(["a", "b", "c"]);
      const got = FORMS[form].wrap("tool", "read", () => source)();

      expect(got).toBe(source);
      expect(recording.spans()).toEqual([]);
      expect(await read(got)).toEqual(expected);
      await tick();
      expect(recording.fields("read").output).toBe("abc");
      expect(recording.span("read").attributes["flowspan.outcome"]).toBeUndefined();
    });
  });

  it("that was read to its end before it is given ends the span at once", async () => {
    const drain = tool("drain", async () => {
      const source = Readable.from(["a"]);
      await collect(source);
      return source;
    });

    expect((await drain()).destroyed).toBe(true);
    expect(recording.span("drain").attributes["flowspan.outcome"]).toBeUndefined();
  });

  it("is not set flowing, and is pulled no further than its reader pulls", async () => {
    let pulled = 0;
    const source = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read() {
        this.push(pulled++ < 50 ? pulled : null);
      },
    });
    const got = tool("read", () => source)();

    await tick();
    expect(got.readableFlowing).toBe(null);
    expect(got.listenerCount("data") + got.listenerCount("error")).toBe(0);
    expect(pulled).toBe(0);
    got.read();
    await tick();
    expect(pulled).toBeLessThanOrEqual(3);
  });

  it("keeps an error that nobody listens for uncaught, and ends with it", () => {
    const source = new Readable({ read() {} });
    const got = tool("read", () => source)();

    expect(() => got.emit("error", new Error("torn"))).toThrow("torn");
    expect(recording.fields("read").error).toBe("Error: torn");
  });

  it("ends with the error that destroys it, and as cancelled when it is destroyed without", async () => {
    const failing = tool("failing", () => new Readable({ read() {} }))();
    const left = tool("left", () => new Readable({ read() {} }))();

    failing.on("error", () => {}).destroy(new Error("torn"));
    left.destroy();
    await tick();
    expect(recording.fields("failing").error).toBe("Error: torn");
    expect(recording.span("left").attributes["flowspan.outcome"]).toBe("cancelled");
  });

  it("is pulled in the span's context; its listeners run in the consumer's", async () => {
    const child = tool("child", async () => 1);
    const active: unknown[] = [];
    const inner = prompt("inner", () =>
      Readable.from(
        (async function* () {
          await child();
          yield "a";
        })(),
      ),
    );
    const got = flow("outer", () => inner())();

    got.on("data", () => active.push(trace.getActiveSpan()));
    got.on("end", () => active.push(trace.getActiveSpan()));
    await tick();
    expect(active).toEqual([undefined, undefined]);
    expect(recording.span("child").parentSpanContext?.spanId).toBe(
      recording.span("inner").spanContext().spanId,
    );
    expect(recording.spans().map(({ name }) => name)).toEqual(["child", "outer", "inner"]);
  });

  it("of an HTTP answer is followed to its end", async () => {
    const server = createServer((_request, response) => response.end("whole")).listen(0);
    const { port } = server.address() as AddressInfo;
    const get = tool(
      "get",
      () =>
        new Promise<IncomingMessage>((resolve, reject) => {
          request({ port, path: "/" }, resolve).on("error", reject).end();
        }),
    );

    expect((await collect(await get())).join("")).toBe("whole");
    await tick();
    expect(recording.fields("get").output).toBe("whole");
    server.close();
  });

  it("that holds no text is told by its size", async () => {
    const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]);

    await collect(tool("draw", () => Readable.from([picture, picture]))());
    await tick();
    expect(recording.fields("draw").output).toBe("[binary: 12 bytes]");
  });

  it("that is only written to, and an emitter that is no stream, are values", () => {
    tool("sink", () => new Writable())();
    tool("emitter", () => new EventEmitter())();

    expect(recording.spans().map(({ name }) => name)).toEqual(["sink", "emitter"]);
  });
});

async function collect(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const pieces: unknown[] = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}
