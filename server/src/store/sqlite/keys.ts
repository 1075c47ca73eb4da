import type { KeyRecord, KeyStore, Scope } from "../key-store.ts";
import { DEFAULT_ENVIRONMENT_NAME } from "../store.ts";
import type { Connection } from "./connection.ts";
import type { KeyRow, SessionRow, Tables } from "./tables.ts";
import type { WriteQueue } from "./write-queue.ts";

// Asked for every request, so they are prepared once instead of compiled each time.
const ANY_KEY = "SELECT 1 FROM keys LIMIT 1";
const KEY_BY_ID = "SELECT * FROM keys WHERE id = ?";
const KEY_BY_HASH = "SELECT * FROM keys WHERE hash = ?";
const SESSION_BY_HASH = "SELECT * FROM sessions WHERE hash = ?";

/** Keys over the store's two connections; writes wait their turn among all others. */
export function createKeyStore(
  reader: Connection,
  { query }: Connection,
  queue: WriteQueue,
): KeyStore {
  const findKey = (statement: string, value: string) => {
    const [row] = reader.prepare(statement).all([value]) as KeyRow[];
    return row && rowToKey(row);
  };

  return {
    hasKeys: async () => reader.prepare(ANY_KEY).all([]).length > 0,
    findKey: async (keyId) => findKey(KEY_BY_ID, keyId),
    findKeyByHash: async (hash) => findKey(KEY_BY_HASH, hash),
    listKeys: async () => {
      const rows = await reader.query
        .selectFrom("keys")
        .selectAll()
        .orderBy("created_micros")
        .orderBy("id")
        .execute();
      return rows.map(rowToKey);
    },
    insertKey: (key) =>
      queue.add(async () => {
        await query.insertInto("keys").values(keyToRow(key)).execute();
      }),
    revokeKey: (keyId, revokedMicros) =>
      queue.add(async () => {
        await query
          .updateTable("keys")
          .set({ revoked_micros: revokedMicros })
          .where("id", "=", keyId)
          .where("revoked_micros", "is", null)
          .execute();
      }),
    touchKey: (keyId, usedMicros, unlessSinceMicros) =>
      queue.add(async () => {
        await query
          .updateTable("keys")
          .set({ last_used_micros: usedMicros })
          .where("id", "=", keyId)
          .where((is) =>
            is.or([
              is("last_used_micros", "is", null),
              is("last_used_micros", "<=", Math.min(unlessSinceMicros, usedMicros)),
            ]),
          )
          .execute();
      }),
    listProjects: () =>
      reader.query.selectFrom("projects").select(["id", "name"]).orderBy("name").execute(),
    requireProject: ({ id, name }, environmentId, createdMicros) =>
      queue.add(async () => {
        const known = await query
          .selectFrom("projects")
          .select(["id", "name"])
          .where("name", "=", name)
          .executeTakeFirst();
        if (known !== undefined) return known;
        const project: Tables["projects"] = { id, name, created_micros: createdMicros };
        await query.insertInto("projects").values(project).execute();
        const environment: Tables["environments"] = {
          id: environmentId,
          project_id: id,
          name: DEFAULT_ENVIRONMENT_NAME,
          tag: "default",
          created_micros: createdMicros,
        };
        await query.insertInto("environments").values(environment).execute();
        return { id, name };
      }),
    findSession: async (hash) => {
      const [row] = reader.prepare(SESSION_BY_HASH).all([hash]) as SessionRow[];
      return row && { hash, keyId: row.key_id ?? undefined, expiresMicros: row.expires_micros };
    },
    insertSession: ({ hash, keyId, expiresMicros }, nowMicros) =>
      queue.add(async () => {
        await query.deleteFrom("sessions").where("expires_micros", "<=", nowMicros).execute();
        const row = { hash, key_id: keyId ?? null, expires_micros: expiresMicros };
        await query.insertInto("sessions").values(row).execute();
      }),
    deleteSession: (hash) =>
      queue.add(async () => {
        await query.deleteFrom("sessions").where("hash", "=", hash).execute();
      }),
  };
}

function rowToKey(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    scopes: row.scopes.split(",") as Scope[],
    hash: row.hash,
    createdMicros: row.created_micros,
    lastUsedMicros: row.last_used_micros ?? undefined,
    expiresMicros: row.expires_micros ?? undefined,
    revokedMicros: row.revoked_micros ?? undefined,
  };
}

function keyToRow(key: KeyRecord): KeyRow {
  return {
    id: key.id,
    project_id: key.projectId,
    name: key.name,
    scopes: key.scopes.join(","),
    hash: key.hash,
    created_micros: key.createdMicros,
    last_used_micros: key.lastUsedMicros ?? null,
    expires_micros: key.expiresMicros ?? null,
    revoked_micros: key.revokedMicros ?? null,
  };
}
