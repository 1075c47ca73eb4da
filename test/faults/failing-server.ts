import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Something in front of the server, or the server itself, that answers every request alike. */
export interface FailingServer {
  readonly port: number;
  /** Requests that it answered. */
  readonly requests: number;
  close(): Promise<void>;
}

export async function startFailingServer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<FailingServer> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    request.on("end", () => {
      response.writeHead(status, { "content-type": "text/html", ...headers });
      response.end("<h1>made to fail</h1>");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
