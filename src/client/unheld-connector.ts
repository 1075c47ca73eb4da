import { buildConnector } from "undici";

type Connect = ReturnType<typeof buildConnector>;

/** What holds a process, or lets it go. */
interface Holding {
  ref(): unknown;
  unref(): unknown;
}

/** Connects as undici does, by connections that keep no process alive, not while they open either. */
export function createUnheldConnector(timeoutMillis: number): Connect {
  const connect = buildConnector({ timeout: timeoutMillis });
  return (options, callback) => {
    // The socket is given at once, which its type does not say.
    const socket: unknown = connect(options, callback);
    if (!isHolding(socket)) return;
    socket.unref();
    // Undici holds the process by each request that it sends on a waiting connection.
    socket.ref = () => socket;
  };
}

function isHolding(value: unknown): value is Holding {
  return typeof value === "object" && value !== null && "unref" in value;
}
