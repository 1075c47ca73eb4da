import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { startTestServer } from "../http/test-server.ts";

type ServerOptions = Parameters<typeof startTestServer>[0];

/** One answer of a server. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** What came back on one connection. */
export interface Came {
  readonly answers: readonly RawAnswer[];
  /** Whether the server ended the connection. */
  readonly isClosed: boolean;
}

/** Starts a server that listens on a free port of this machine, for one test. */
export async function listen(options?: ServerOptions) {
  const started = await startTestServer(options);
  await started.server.listen({ port: 0, host: "127.0.0.1" });
  const { port } = started.server.server.address() as AddressInfo;
  return { ...started, port };
}

/** Opens a connection that ends with the test. */
export async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
  });
  // Some tests write to connections that the server ends.
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/**
 * Sends bytes as they are and reads what comes, until the server ends the connection or
 * `answers` of them have come.
 */
export async function exchange(
  port: number,
  sent: string | Buffer,
  answers: number = Infinity,
): Promise<Came> {
  const socket = await open(port);
  socket.write(sent);
  return receive(socket, answers);
}

/** Reads what comes on a connection, until its end or until `answers` have come. */
export function receive(socket: Socket, answers: number = Infinity): Promise<Came> {
  let text = "";
  return new Promise((resolve) => {
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      const came = readAnswers(text);
      if (came.length >= answers) resolve({ answers: came, isClosed: false });
    });
    socket.on("close", () => resolve({ answers: readAnswers(text), isClosed: true }));
  });
}

/** The answer in words, for whoever reads what came back. */
export function inWords({ answers, isClosed }: Came): string {
  const told = answers.map(({ status, body }) => `${status} ${body.slice(0, 60)}`).join(", then ");
  return `${told || "nothing"}${isClosed ? ", closed" : ""}`;
}

/** The answers that have come whole. */
function readAnswers(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const headEnd = rest.indexOf("\r\n\r\n");
    if (headEnd === -1) return answers;
    const head = rest.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const bodyEnd = headEnd + 4 + length;
    if (rest.length < bodyEnd) return answers;
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    answers.push({ status, head, body: rest.slice(headEnd + 4, bodyEnd) });
    rest = rest.slice(bodyEnd);
  }
}
