import { createServer as createNetServer } from "node:net";
import { fileURLToPath } from "node:url";
import { isLoopback } from "./http/access.ts";
import { createServer } from "./http/create-server.ts";
import { resolveLimits, type ServerLimits } from "./http/limits.ts";
import { areProxies } from "./http/trusted-proxies.ts";
import { hasStore, openStore } from "./store/sqlite/open-store.ts";

/** What `serve` takes. */
export interface ServeOptions {
  /** Default 4319; 0 takes a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. Another than loopback needs a key. */
  readonly host?: string;
  /** Where everything is kept. Default `./.flowspan`, made where it doesn't exist. */
  readonly dataDir?: string;
  /** A key of the default project beside those that are stored. Default: none. */
  readonly apiKey?: string;
  /**
   * Proxies in front that are believed what they say of the client's address, host and https:
   * addresses, networks, or `loopback`, with commas. Default: none.
   */
  readonly trustedProxies?: string;
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
 * @throws {StoreOpenError} for a data folder that can't be used. Either way no
 * folder was made, and what is stored stays as it is.
 */
export async function serve(options: ServeOptions = {}): Promise<RunningServer> {
  const { port = 4319, host = "127.0.0.1", dataDir = "./.flowspan" } = options;
  const { apiKey, trustedProxies, onError } = options;
  // Before anything is opened: a wrong limit must leave the disk as it was.
  resolveLimits(options.limits);
  if (trustedProxies !== undefined && !areProxies(trustedProxies)) {
    throw new ServeError(
      `trusted proxies: expected addresses, networks or "loopback", got "${trustedProxies}". ` +
        "Put commas between several.",
    );
  }
  const requireKey = !isLoopback(host);
  const needsStoredKey = requireKey && apiKey === undefined;
  if (needsStoredKey && !hasStore({ dataDir })) throw keyMissing(host);
  // Asked before the store is opened, which would already make its folder.
  await requireFreePort(port, host);

  const store = await openStore({ dataDir });
  if (needsStoredKey && !(await store.keys.hasKeys())) {
    await store.close();
    throw keyMissing(host);
  }
  const server = createServer({
    store,
    apiKey,
    requireKey,
    trustedProxies,
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

function keyMissing(host: string): ServeError {
  return new ServeError(
    `host: expected a loopback address, got ${host} without a key. Make one with ` +
      "flowspan keys create, or set --api-key (or FLOWSPAN_API_KEY), to listen on other addresses.",
  );
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
