import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { createKey, type NewKey } from "../../src/domain/keys.ts";
import { createServer, type ServerOptions } from "../../src/http/create-server.ts";
import { openStore } from "../../src/store/sqlite/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { START } from "./test-server.ts";

/** A server with a store that tests put keys into. */
export interface KeyedServer {
  readonly server: FastifyInstance;
  readonly store: Store;
  readonly clock: { millis: number };
  /** What the server told of errors of its own. */
  readonly errors: unknown[];
  /** Makes a key; gives it with its id. */
  addKey(more?: Partial<NewKey>): Promise<{ readonly secret: string; readonly id: string }>;
}

/** A server on a store without any key, its own by default, closed when the test is finished. */
export async function startKeyedServer(options: Partial<ServerOptions> = {}): Promise<KeyedServer> {
  const store = options.store ?? (await openEmptyStore());
  const clock = { millis: START };
  const errors: unknown[] = [];
  const server = createServer({
    clock: () => clock.millis,
    onError: (error) => errors.push(error),
    ...options,
    store,
  });
  onTestFinished(() => server.close());

  return {
    server,
    store,
    clock,
    errors,
    addKey: async (more) => {
      const wanted = { name: "test", project: "default", scopes: ["read", "write"] } as const;
      const { key, secret } = await createKey(store.keys, { ...wanted, ...more }, clock.millis);
      return { secret, id: key.id };
    },
  };
}

async function openEmptyStore(): Promise<Store> {
  const dataDir = mkdtempSync(join(tmpdir(), "flowspan-keys-"));
  const store = await openStore({ dataDir });
  onTestFinished(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true });
  });
  return store;
}
