import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { NEW, startTestServer, type TestServer } from "./test-server.ts";

async function connectTo({ server }: TestServer): Promise<Socket> {
  await server.listen({ port: 0, host: "127.0.0.1" });
  const socket = connect((server.server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
}

/** Everything until the other side ends the connection. */
async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += chunk;
  return text;
}

it.each([
  [
    "headers that are too long",
    `GET /v5/logs/${"x".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    431,
  ],
  ["no HTTP", "no request at all\r\n\r\n", 400],
  [
    "a broken header",
    "POST /v5/flows/log HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n{}",
    400,
  ],
])(
  "answers %s, which can't be read, in the shape of every other answer",
  async (_, text, status) => {
    const socket = await connectTo(await startTestServer());

    socket.write(text);
    const [head = "", body = ""] = (await readAll(socket)).split("\r\n\r\n");

    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain("\r\nflowspan-batch: 1\r\n");
    expect(JSON.parse(body)).toEqual({ detail: expect.any(String) });
  },
);

it("answers what is under way when it closes, and ends the connection with it", async () => {
  const started = await startTestServer();
  const socket = await connectTo(started);
  const body = JSON.stringify(NEW.flow);
  const request = once(started.server.server, "request");
  socket.write(
    `POST /v5/flows/log HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  await request;

  const closing = started.server.close();
  socket.write(body);
  const answer = await readAll(socket);
  await closing;

  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer.toLowerCase()).toContain("\r\nconnection: close\r\n");
});
