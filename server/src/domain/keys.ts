import { createHash } from "node:crypto";
import type { KeyRecord, KeyStore, ProjectRecord, Scope } from "../store/key-store.ts";
import { newId, randomLetters } from "./ids.ts";

/** What a key may be allowed, in the order it is written. */
export const SCOPES: readonly Scope[] = ["read", "write"];

/** Every stored key begins with it, so that people and scanners see what it is. */
export const KEY_PREFIX = "fsk_";

/** 43 letters are 256 random bits. */
const SECRET_LETTERS = 43;

const MAX_NAME_LENGTH = 100;

const MICROS_PER_MILLI = 1_000;
const MILLIS_PER_DAY = 86_400_000;

/** The longest that a key may be valid, in days: a hundred years. */
export const MAX_EXPIRY_DAYS = 36_500;

/** What a new key is made of. */
export interface NewKey {
  readonly name: string;
  /** The project's name; it is made where there is none. */
  readonly project: string;
  readonly scopes: readonly Scope[];
  /** Days from now. Default: it never expires. */
  readonly expiresDays?: number;
}

/** A key just made: the only time that its secret is known. */
export interface CreatedKey {
  readonly key: KeyRecord;
  readonly project: ProjectRecord;
  /** What clients send. */
  readonly secret: string;
}

/** Makes a key and keeps its hash. `nowMillis` is milliseconds since 1970. */
export async function createKey(
  store: KeyStore,
  { name, project: projectName, scopes, expiresDays }: NewKey,
  nowMillis: number,
): Promise<CreatedKey> {
  const createdMicros = nowMillis * MICROS_PER_MILLI;
  const project = await store.requireProject(
    { id: newId("prj_"), name: projectName },
    newId("env_"),
    createdMicros,
  );
  const secret = newSecret(KEY_PREFIX);
  const key: KeyRecord = {
    id: newId("key_"),
    projectId: project.id,
    name,
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    hash: hashSecret(secret),
    createdMicros,
    expiresMicros:
      expiresDays === undefined
        ? undefined
        : createdMicros + expiresDays * MILLIS_PER_DAY * MICROS_PER_MILLI,
  };
  await store.insertKey(key);
  return { key, project, secret };
}

/** Why a key lets nobody in, `undefined` where it does. */
export function whyUnusable(
  { revokedMicros, expiresMicros }: KeyRecord,
  nowMicros: number,
): "revoked" | "expired" | undefined {
  if (revokedMicros !== undefined) return "revoked";
  if (expiresMicros !== undefined && expiresMicros <= nowMicros) return "expired";
  return undefined;
}

/** Whether a text can be the name of a key or a project: one line that can be printed. */
export function isName(text: string): boolean {
  return (
    text.trim() === text && text !== "" && text.length <= MAX_NAME_LENGTH && !/\p{C}/u.test(text)
  );
}

/** A text of 256 random bits behind a prefix. */
export function newSecret(prefix: string): string {
  return prefix + randomLetters(SECRET_LETTERS);
}

/**
 * What is kept of a secret: its sha256, in hex. A password would need a slow hash, because people
 * choose passwords that can be guessed. Of 256 random bits nothing can be guessed, however fast
 * the hash, and a slow one would cost every request.
 */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
