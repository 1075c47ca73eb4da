import { projectStale, projectTouched } from "../domain/projection/project-touched.ts";
import type { ProjectionOptions } from "../domain/projection/project-trace.ts";
import { WriteSession } from "../domain/write-session.ts";
import type { Store, StoreReader } from "../store/store.ts";

/** What routes work with. */
export interface ServerContext {
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Hears how many logs a request wrote, once they are on disk. */
  readonly countLogs: (logs: number) => void;
  /** How spans become logs. */
  readonly projection: () => Promise<ProjectionOptions>;
}

/** Reads what is stored now of one project. */
export function read({ store }: ServerContext, projectId: string): StoreReader {
  return store.read(projectId);
}

/** Runs the rules over one transaction of one project: all of it is stored, or, where it throws, nothing. */
export async function write<T>(
  { store, clock, projection }: ServerContext,
  projectId: string,
  body: (session: WriteSession) => Promise<T>,
  { acceptLate = false }: { readonly acceptLate?: boolean } = {},
): Promise<T> {
  const options = await projection();
  return store.write(projectId, async (transaction) => {
    const nowMicros = clock() * 1_000;
    const session = new WriteSession(transaction, { nowMicros, acceptLate });
    const result = await body(session);
    await projectTouched(session, options);
    await session.finish();
    return result;
  });
}

/** Has the logs of one project know of every span that is stored. Mostly there is nothing to do. */
export async function settle(context: ServerContext, projectId: string): Promise<void> {
  const stale = await context.store.read(projectId).listStaleTraces();
  if (stale.length > 0) await write(context, projectId, projectStale);
}
