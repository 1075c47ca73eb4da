import type { Socket } from "node:net";
import { buildConnector } from "undici";

type Connect = ReturnType<typeof buildConnector>;

/** Connects as undici does, by connections that keep no process alive, not while they open either. */
export function createUnheldConnector(timeoutMillis: number): Connect {
  const connect = buildConnector({ timeout: timeoutMillis });
  return (options, callback) => {
    // The socket is given at once, which its type does not say.
    const socket: unknown = connect(options, callback);
    if (isSocket(socket)) {
      socket.unref();
      // Undici holds the process by each request that it sends on a waiting connection.
      socket.ref = () => socket;
    }
  };
}

function isSocket(value: unknown): value is Socket {
  return typeof value === "object" && value !== null && "unref" in value;
}
