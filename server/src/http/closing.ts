import type { FastifyInstance } from "fastify";

/**
 * Ends each connection with the answer under way when the server closes. Otherwise a client that
 * keeps connections open would keep the server open as well.
 */
export function endConnectionsOnClose(server: FastifyInstance): void {
  let closing = false;
  server.addHook("preClose", async () => {
    closing = true;
  });
  server.addHook("onSend", async (_, reply) => {
    if (closing) reply.header("connection", "close");
  });
}
