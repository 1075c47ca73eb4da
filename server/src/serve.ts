import { createServer as createNetServer } from "node:net";
import { fileURLToPath } from "node:url";
import { isLoopback } from "./http/access.ts";
import { createServer } from "./http/create-server.ts";
import { resolveLimits, type ServerLimits } from "./http/limits.ts";
import { openStore } from "./store/sqlite/open-store.ts";

/** What `serve` takes. */
export interface ServeOptions {
  /** Default 4319; 0 takes a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. Another than loopback needs a key. */
  readonly host?: string;
  /** Where everything is kept. Default `./.flowspan`, made where it doesn't exist. */
  readonly dataDir?: string;
  /** What clients must send as `X-API-KEY`. Default: none. */
  readonly apiKey?: string;
  /** Hears of errors that requests are answered with 500 for. Default: nobody does. */
  readonly onError?: (error: unknown) => void;
  /** What one request, connection or client may ask of it. Default: see {@link ServerLimits}. */
  readonly limits?: Partial<ServerLimits>;
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:4319`. */
  readonly url: string;
  readonly port: number;
  /** Finishes what is under way, stops listening and closes the store. */
  close(): Promise<void>;
}

/** A server can't start: one line that says why and what to do. */
export class ServeError extends Error {
  override readonly name: string = "ServeError";
  readonly code: string = "ERR_SERVE";
}

/** Built pages stand beside the built server. */
const PAGE_DIR = fileURLToPath(new URL("./ui", import.meta.url));

/**
 * Opens the store and listens.
 *
 * @throws {RangeError} for a limit that is no number it can have.
 * @throws {ServeError} for an address that needs a key, or a port that can't be had.
 * @throws {StoreOpenError} for a data folder that can't be used. Either way nothing on disk has
 * changed.
 */
export async function serve(options: ServeOptions = {}): Promise<RunningServer> {
  const { port = 4319, host = "127.0.0.1", dataDir = "./.flowspan", apiKey, onError } = options;
  // Before anything is opened: a wrong limit must leave the disk as it was.
  resolveLimits(options.limits);
  if (apiKey === undefined && !isLoopback(host)) {
    throw new ServeError(
      `host: expected a loopback address, got ${host} without a key. ` +
        "Set --api-key (or FLOWSPAN_API_KEY) to listen on other addresses.",
    );
  }
  // Asked before the store is opened, which would already make its folder.
  await requireFreePort(port, host);

  const store = await openStore({ dataDir });
  const server = createServer({
    store,
    apiKey,
    onError,
    limits: options.limits,
    pageDir: PAGE_DIR,
  });
  const close = async () => {
    await server.close();
    await store.close();
  };
  try {
    await server.listen({ port, host });
  } catch (error) {
    await close();
    throw toServeError(error, port, host);
  }
  const address = server.server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`, port: taken, close };
}

function requireFreePort(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createNetServer();
    probe.once("error", (error) => reject(toServeError(error, port, host)));
    probe.listen({ port, host }, () => probe.close(() => resolve()));
  });
}

function toServeError(error: unknown, port: number, host: string): ServeError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  const hint =
    code === "EADDRINUSE"
      ? "Another program has it: stop it, or choose another with --port."
      : "Choose another with --host and --port.";
  return new ServeError(`port: expected to listen on ${host}:${port}, got ${code}. ${hint}`, {
    cause: error,
  });
}
