import { WriteSession } from "../domain/write-session.ts";
import type { Store, StoreReader } from "../store/store.ts";

/** What routes work with. */
export interface ServerContext {
  readonly store: Store;
  readonly projectId: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Hears how many logs a request wrote, once they are on disk. */
  readonly countLogs: (logs: number) => void;
}

/** Reads what is stored now. */
export function read({ store, projectId }: ServerContext): StoreReader {
  return store.read(projectId);
}

/** Runs the rules over one transaction: all of it is stored, or, where it throws, nothing. */
export function write<T>(
  { store, projectId, clock }: ServerContext,
  body: (session: WriteSession) => Promise<T>,
  { acceptLate = false }: { readonly acceptLate?: boolean } = {},
): Promise<T> {
  return store.write(projectId, async (transaction) => {
    const nowMicros = clock() * 1_000;
    const session = new WriteSession(transaction, { nowMicros, acceptLate });
    const result = await body(session);
    await session.finish();
    return result;
  });
}
