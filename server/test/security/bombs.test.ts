import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { NEW } from "../http/test-server.ts";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen, type RawAnswer } from "./raw-http.ts";

const MIB = 1_024 * 1_024;
const TEN_GIB = 10 * 1_024 * MIB;

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/** One gzip stream that unpacks to ten gibibytes of zeros and never ends. */
function tenGibibytes(): Buffer {
  // A full flush forgets what came before, so that the block can stand many times.
  const flush = { level: 9, finishFlush: constants.Z_FULL_FLUSH };
  const block = deflateRawSync(Buffer.alloc(64 * MIB), flush);
  return Buffer.concat([GZIP_HEADER, ...Array.from({ length: TEN_GIB / (64 * MIB) }, () => block)]);
}

function post(body: Buffer, encoding: string = "gzip"): Buffer {
  const head = `POST /v5/flows/log HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: ${encoding}\r\n`;
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
}

async function send(port: number, what: string, request: Buffer): Promise<RawAnswer> {
  const came = await exchange(port, request, 1);
  record(`${request.length} bytes: ${what}`, inWords(came));
  return came.answers[0] as RawAnswer;
}

describe("a packed body", () => {
  it("of ten gibibytes is refused at the limit, and the server goes on", async () => {
    const { port, server } = await listen();
    const bomb = tenGibibytes();

    const before = process.memoryUsage().rss;
    const { status, body } = await send(port, "one gzip of 10 GiB of zeros", post(bomb));
    const grown = process.memoryUsage().rss - before;

    expect(bomb.length).toBeLessThan(64 * MIB);
    expect([status, body]).toEqual([413, expect.stringContaining("at most 67108864 bytes")]);
    expect(grown).toBeLessThan(1_024 * MIB);
    expect((await server.inject("/healthz")).statusCode).toBe(200);
  });

  it("of ten gibibytes in many members is refused at the limit", async () => {
    const { port } = await listen();
    const member = gzipSync(Buffer.alloc(64 * MIB), { level: 9 });
    const bomb = Buffer.concat(Array.from({ length: TEN_GIB / (64 * MIB) }, () => member));

    const { status } = await send(port, "160 members of 64 MiB of zeros each", post(bomb));

    expect(status).toBe(413);
  });

  it("of a million empty members is no body", async () => {
    const { port } = await listen();
    const bomb = Buffer.alloc(20 * 1_000_000, gzipSync(""));

    const { status, body } = await send(port, "a million empty members", post(bomb));

    expect([status, body]).toEqual([422, expect.stringContaining("missing")]);
  });

  it("is unpacked once: what is packed again in it is no JSON", async () => {
    const { port } = await listen();
    const bomb = gzipSync(gzipSync(Buffer.alloc(MIB)));

    const once = await send(port, "gzip in gzip", post(bomb));
    const twice = await send(port, "gzip in gzip, said so", post(bomb, "gzip, gzip"));

    expect([once.status, once.body]).toEqual([422, expect.stringContaining("json_invalid")]);
    expect(twice.status).toBe(415);
  });

  it.each([
    ["its end", -1],
    ["its checksum", -8],
    ["half of it", -30],
  ])("that lacks %s is refused whole", async (what, end) => {
    const { port, get } = await listen();
    const body = gzipSync(JSON.stringify(NEW.flow)).subarray(0, end);

    const answer = await send(port, `a gzip without ${what}`, post(body));

    expect([answer.status, answer.body]).toEqual([422, expect.stringContaining("gzip_invalid")]);
    expect((await get("files")).body.total).toBe(0);
  });

  it("with a wrong checksum is refused whole", async () => {
    const { port, get } = await listen();
    const wrong = gzipSync(JSON.stringify(NEW.flow));
    wrong.writeUInt32LE(1, wrong.length - 8);

    const answer = await send(port, "a gzip with a wrong checksum", post(wrong));

    expect(answer.status).toBe(422);
    expect((await get("files")).body.total).toBe(0);
  });
});

describe("a limit that was set", () => {
  it("holds for a body, plain or packed, before and behind it by one byte", async () => {
    const plain = JSON.stringify({ ...NEW.flow, output: "x".repeat(1_000) });
    const { port } = await listen({ limits: { bodyBytes: plain.length } });

    const fits = await send(port, "a body of the limit", post(gzipSync(plain)));
    const packed = await send(port, "one byte more, packed", post(gzipSync(`${plain} `)));
    const sent = await send(port, "one byte more", post(Buffer.from(`${plain} `), "identity"));

    expect([fits.status, packed.status, sent.status]).toEqual([200, 413, 413]);
  });

  it("holds for depth and for the logs of a batch", async () => {
    const { server } = await listen({ limits: { jsonDepth: 3, batchLogs: 2 } });
    const log = { op: "create", type: "flow", path: "f" };
    const post = (url: string, payload: object) => server.inject({ method: "POST", url, payload });

    const deep = await post("/v5/flows/log", { ...NEW.flow, inputs: { a: { b: {} } } });
    const flat = await post("/v5/flows/log", { ...NEW.flow, inputs: { a: {} } });
    const many = await post("/v5/logs/batch", { logs: [log, log, log] });
    const few = await post("/v5/logs/batch", { logs: [log, log] });

    expect([deep.statusCode, flat.statusCode]).toEqual([422, 200]);
    expect([many.statusCode, few.statusCode]).toEqual([413, 200]);
  });

  it("holds for a URL and for headers, answered as everything else", async () => {
    const { port } = await listen({ limits: { urlBytes: 100, headerBytes: 2_000 } });
    const get = (target: string, extra: string = "") =>
      Buffer.from(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n${extra}\r\n`);

    const url = await send(port, "a URL of 101", get(`/v5/flows?name=${"x".repeat(86)}`));
    const fits = await send(port, "a URL of 100", get(`/v5/flows?name=${"x".repeat(85)}`));
    const head = await send(
      port,
      "a long header",
      get("/v5/flows", `X-A: ${"x".repeat(2_000)}\r\n`),
    );

    expect([url.status, fits.status, head.status]).toEqual([414, 200, 431]);
    expect(JSON.parse(url.body)).toEqual({ detail: expect.stringContaining("100 bytes") });
  });

  it.each([
    ["connections", 0],
    ["bodyBytes", -1],
    ["bodyBytes", 1.5],
    ["jsonDepth", 1_001],
    ["requestMillis", 2 ** 31],
    ["requestsPerSecond", Number.NaN],
    ["requestBurst", Infinity],
    ["urlBytes", "12" as unknown as number],
    ["bodybytes", 1_000],
  ])("is refused at once where %s can't be %s", async (name, value) => {
    await expect(listen({ limits: { [name]: value } })).rejects.toThrow(
      `limits.${name}: expected a`,
    );
  });
});
