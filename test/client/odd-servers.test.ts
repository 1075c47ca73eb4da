import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readApiUrl } from "../../src/client/api-url.ts";
import type { TransportResult } from "../../src/client/transport.ts";
import { UndiciTransport } from "../../src/client/undici-transport.ts";
import type { OddAnswer } from "../odd-answers.ts";
import { endless, goodAnswers, ODD_ANSWERS, plainAnswer, startOddServer } from "../odd-answers.ts";

const POST = { method: "POST", path: "flows/log", body: '{"path":"f"}' } as const;

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function transportTo(url: string, requestTimeoutMillis = 5_000): UndiciTransport {
  const transport = new UndiciTransport({
    url: readApiUrl(url, "test"),
    apiKey: "secret-key",
    requestTimeoutMillis,
    connections: 2,
  });
  closers.push(() => transport.shutdown());
  return transport;
}

async function serve(answer: (socket: Parameters<OddAnswer>[0], request: string) => void) {
  const server = await startOddServer(answer);
  closers.push(() => server.close());
  return { ...server, url: `http://127.0.0.1:${server.port}/v5` };
}

async function ask(answer: OddAnswer, requestTimeoutMillis?: number): Promise<TransportResult> {
  const { url } = await serve(answer);
  return transportTo(url, requestTimeoutMillis).send(POST);
}

describe("UndiciTransport and an odd server", () => {
  it.each(Object.keys(ODD_ANSWERS))("takes %s for no success, and never rejects", async (name) => {
    const result = await ask(ODD_ANSWERS[name]!, 500);

    if (name === "200 with JSON that is no object") {
      expect(result).toMatchObject({ status: "success", body: [1, 2] });
      return;
    }
    expect(result.status).not.toBe("success");
    if (!result.statusCode) expect(result).toMatchObject({ error: expect.any(Error) });
  });

  it.each(Object.keys(goodAnswers("")))("reads a good answer %s", async (name) => {
    const body = '{"id":"log_1","text":"é"}';

    const result = await ask(goodAnswers(body)[name]!);

    expect(result).toMatchObject({ status: "success", body: JSON.parse(body) });
  });

  it("takes 204 and an empty 200 for success", async () => {
    expect(await ask(plainAnswer("200 OK", "", ""))).toMatchObject({ status: "success" });
    expect(await ask((socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"))).toMatchObject({
      status: "success",
      statusCode: 204,
    });
  });

  it("reads no more than a bounded part of 10 GB", async () => {
    let written = 0;
    const { url } = await serve((socket) => {
      socket.on("close", () => {
        written = socket.bytesWritten;
      });
      endless(socket);
    });

    const result = await transportTo(url).send(POST);

    await expect.poll(() => written).toBeGreaterThan(0);
    expect(result).toMatchObject({ status: "failure", statusCode: 200, isTooLarge: true });
    expect(written).toBeLessThan(64 * 1024 ** 2);
  });

  it("keeps the status of an error whose text is too large to read", async () => {
    const { url } = await serve((socket) => {
      const write = socket.write.bind(socket);
      socket.write = ((chunk: string | Buffer) =>
        write(String(chunk).replace("200 OK", "503 Busy"))) as typeof socket.write;
      endless(socket);
    });

    expect(await transportTo(url).send(POST)).toMatchObject({
      status: "retryable",
      statusCode: 503,
    });
  });
});

describe("redirects", () => {
  it.each(["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])(
    "are followed within the origin, with method and body (%s)",
    async (status) => {
      const seen: string[] = [];
      const { url } = await serve((socket, request) => {
        seen.push(request);
        const isMoved = request.startsWith("POST /new");
        const answer = isMoved
          ? plainAnswer("200 OK", "", '{"id":"1"}')
          : plainAnswer(status, "location: /new/flows/log?a=b\r\n", "x".repeat(100));
        answer(socket);
      });

      const result = await transportTo(url).send(POST);

      expect(result).toMatchObject({ status: "success", body: { id: "1" } });
      expect(seen).toHaveLength(2);
      expect(seen[1]).toMatch(/^POST \/new\/flows\/log\?a=b /);
      expect(seen[1]).toContain(POST.body);
    },
  );

  it.each(["http://127.0.0.1:PORT/v5", "//127.0.0.1:PORT/v5", "https://127.0.0.1:OWN/v5"])(
    "to %s are not followed: the key goes to no other origin",
    async (location) => {
      const other: string[] = [];
      const elsewhere = await serve((socket, request) => {
        other.push(request);
        plainAnswer("200 OK", "", "{}")(socket);
      });
      let seen = 0;
      const { url, port } = await serve((socket) => {
        seen += 1;
        const target = location.replace("PORT", `${elsewhere.port}`).replace("OWN", `${port}`);
        plainAnswer("307 Temporary Redirect", `location: ${target}\r\n`, "")(socket);
      });

      const result = await transportTo(url).send(POST);

      expect(result).toMatchObject({ status: "failure", statusCode: 307 });
      expect((result as { error?: Error }).error?.message).toMatch(/redirects to https?:\/\/127/);
      expect(other).toEqual([]);
      expect(seen).toBe(1);
    },
  );

  it("in a circle end", async () => {
    let seen = 0;
    const { url } = await serve((socket) => {
      seen += 1;
      plainAnswer("308 Permanent Redirect", "location: /v5/flows/log\r\n", "")(socket);
    });

    const result = await transportTo(url).send(POST);

    expect(result).toMatchObject({ status: "failure", statusCode: 308 });
    expect(seen).toBe(4);
  });
});

describe("no connection", () => {
  it("is retryable and says why, for a refused one, also of several addresses", async () => {
    const { port, close } = await serve(() => undefined);
    await close();

    for (const host of ["127.0.0.1", "localhost"]) {
      const result = await transportTo(`http://${host}:${port}`).send(POST);

      expect(result).toMatchObject({ status: "retryable", error: { code: "ECONNREFUSED" } });
      expect((result as { error: Error }).error.message).toContain("ECONNREFUSED");
    }
  });

  it("is retryable for a name that is not known, and for TLS to a plain port", async () => {
    const { port } = await serve((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    // A plain server that reads the greeting as a request line and hangs up.
    const plain = createServer((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 400\r\n")),
    );
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    closers.push(() => new Promise((resolve) => plain.close(resolve)));
    const address = plain.address() as { port: number };

    const unknown = await transportTo("http://nowhere.invalid").send(POST);
    const tls = await transportTo(`https://127.0.0.1:${address.port}`).send(POST);
    const silent = await transportTo(`https://127.0.0.1:${port}`, 200).send(POST);

    expect(unknown).toMatchObject({ status: "retryable", error: expect.any(Error) });
    expect(tls).toMatchObject({ status: "retryable", error: expect.any(Error) });
    expect(silent).toMatchObject({ status: "retryable", error: expect.any(Error) });
  });

  it("is no reason for a shutdown to wait, whatever hangs", async () => {
    const { url } = await serve(() => undefined);
    const transport = transportTo(url);
    const open = [transport.send(POST), transport.send(POST), transport.send(POST)];

    await transport.shutdown();

    for (const result of await Promise.all(open)) expect(result.status).toBe("retryable");
  });
});
