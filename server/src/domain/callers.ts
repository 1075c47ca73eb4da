import { timingSafeEqual } from "node:crypto";
import type { KeyRecord, KeyStore, Scope } from "../store/key-store.ts";
import { DEFAULT_PROJECT_ID } from "../store/store.ts";
import { hashSecret, newSecret, SCOPES, whyUnusable } from "./keys.ts";

/** How long someone stays signed in to the viewer, in milliseconds: 12 hours. */
export const SESSION_MILLIS: number = 12 * 3_600_000;

/** How often a key's last use is written at most, in milliseconds. */
const TOUCH_MILLIS = 60_000;

const MICROS_PER_MILLI = 1_000;

/** What the key that the server was started with is called: it is kept nowhere, and has no ID. */
const CONFIGURED_KEY_ID = "configured";

/** Who asks, as far as the server knows: what a key or a session lets through. */
export interface Caller {
  readonly projectId: string;
  readonly scopes: readonly Scope[];
  /** Names the key; missing where none is asked for. */
  readonly keyId?: string;
}

/** What callers are found with. */
export interface CallersOptions {
  readonly keys: KeyStore;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** A key of the default project with all scopes, kept nowhere. */
  readonly apiKey?: string;
  /** Whether a key is asked for even where there is none. */
  readonly requireKey: boolean;
  /** Hears that a key's last use could not be written, which refuses nobody. */
  readonly onError: (error: unknown) => void;
}

/** Finds out who asks. Keys made and revoked elsewhere count from the next question on. */
export interface Callers {
  /** Whether every caller needs a key. Once true, it stays so, also when all are revoked. */
  isKeyNeeded(): Promise<boolean>;
  /** Who holds the key; `undefined` alike for one that is unknown, revoked or expired. */
  byKey(secret: string): Promise<Caller | undefined>;
  /** Who signed in with the session of this token; reads only, and only while its key may. */
  bySession(token: string): Promise<Caller | undefined>;
  /** Signs in whoever holds the key, and gives the session's token, which is kept nowhere. */
  openSession(secret: string, caller: Caller): Promise<string>;
  closeSession(token: string): Promise<void>;
}

/** The caller where no key is asked for. */
export const ANYONE: Caller = { projectId: DEFAULT_PROJECT_ID, scopes: SCOPES };

/** The holder of the key that the server was started with. */
const CONFIGURED: Caller = { ...ANYONE, keyId: CONFIGURED_KEY_ID };

/** Makes what finds callers, over the keys of one store. */
export function createCallers(options: CallersOptions): Callers {
  const { keys, clock, apiKey, requireKey } = options;
  const configuredHash = apiKey === undefined ? undefined : hashSecret(apiKey);
  const markUsed = createUseMarker(options);
  const nowMicros = () => clock() * MICROS_PER_MILLI;
  let isNeeded = requireKey || apiKey !== undefined;

  const callerOf = (key: KeyRecord | undefined): Caller | undefined => {
    if (key === undefined || whyUnusable(key, nowMicros()) !== undefined) return undefined;
    markUsed(key);
    return { projectId: key.projectId, scopes: key.scopes, keyId: key.id };
  };
  /** A session of the configured key hangs on that key: it ends when the key is another. */
  const sessionHashes = (token: string) =>
    apiKey === undefined
      ? [hashSecret(token)]
      : [hashSecret(token), hashSecret(`${token} ${apiKey}`)];

  return {
    isKeyNeeded: async () => {
      isNeeded ||= await keys.hasKeys();
      return isNeeded;
    },
    byKey: async (secret) => {
      const hash = hashSecret(secret);
      const stored = await keys.findKeyByHash(hash);
      // An index finds by comparing, but hashes: how long that takes tells nothing of a key.
      // Where the configured key is stored too, what is stored of it counts.
      if (stored !== undefined) return isSame(stored.hash, hash) ? callerOf(stored) : undefined;
      return configuredHash !== undefined && isSame(configuredHash, hash) ? CONFIGURED : undefined;
    },
    bySession: async (token) => {
      for (const hash of sessionHashes(token)) {
        const session = await keys.findSession(hash);
        if (session === undefined || session.expiresMicros <= nowMicros()) continue;
        const caller =
          session.keyId === undefined ? CONFIGURED : callerOf(await keys.findKey(session.keyId));
        if (!caller?.scopes.includes("read")) return undefined;
        return { ...caller, scopes: ["read"] };
      }
      return undefined;
    },
    openSession: async (secret, caller) => {
      const token = newSecret("fss_");
      const expiresMicros = nowMicros() + SESSION_MILLIS * MICROS_PER_MILLI;
      const session =
        caller === CONFIGURED
          ? { hash: hashSecret(`${token} ${secret}`), expiresMicros }
          : { hash: hashSecret(token), keyId: caller.keyId, expiresMicros };
      await keys.insertSession(session, nowMicros());
      return token;
    },
    closeSession: async (token) => {
      for (const hash of sessionHashes(token)) await keys.deleteSession(hash);
    },
  };
}

/** Writes when keys were last used, behind the requests and seldom: it is for people to read. */
function createUseMarker({ keys, clock, onError }: CallersOptions): (key: KeyRecord) => void {
  const marked = new Map<string, number>();
  return ({ id, lastUsedMicros = 0 }) => {
    const micros = clock() * MICROS_PER_MILLI;
    const recentMicros = micros - TOUCH_MILLIS * MICROS_PER_MILLI;
    if (Math.max(lastUsedMicros, marked.get(id) ?? 0) > recentMicros) return;
    // Noted before it is written, so that requests at once, and a full disk, write once.
    marked.set(id, micros);
    keys.touchKey(id, micros, recentMicros).catch(onError);
  };
}

/** Compares two hashes in hex; takes as long for different ones as for equal ones. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, "hex"), Buffer.from(b, "hex"));
}
