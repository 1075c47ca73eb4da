/** What a key may do: `read` gives what is stored, `write` adds to it, changes and removes it. */
export type Scope = "read" | "write";

/** A project: what is stored under one is never seen from another. */
export interface ProjectRecord {
  readonly id: string;
  /** Unique. */
  readonly name: string;
}

/** A stored key. The key itself is nowhere: whoever reads the store can't send it. */
export interface KeyRecord {
  readonly id: string;
  readonly projectId: string;
  /** What its owner calls it; any number of keys may have the same name. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** sha256 of the key, in hex; unique. */
  readonly hash: string;
  readonly createdMicros: number;
  readonly lastUsedMicros?: number;
  readonly expiresMicros?: number;
  readonly revokedMicros?: number;
}

/** Someone who is signed in to the viewer. */
export interface SessionRecord {
  /** A hash made of the session's token; unique. */
  readonly hash: string;
  /** The key it was opened with; missing for the key that the server was started with. */
  readonly keyId?: string;
  readonly expiresMicros: number;
}

/**
 * Keys, the projects they belong to, and sessions opened with them. What is written is durable
 * once its promise resolves, and every reader sees it from then on, in other processes too.
 */
export interface KeyStore {
  /** Whether there was ever a key: keys are revoked, never removed. */
  hasKeys(): Promise<boolean>;
  findKey(keyId: string): Promise<KeyRecord | undefined>;
  findKeyByHash(hash: string): Promise<KeyRecord | undefined>;
  /** All keys of all projects, in the order they were made. */
  listKeys(): Promise<readonly KeyRecord[]>;
  /** Adds a key to a project that is there. */
  insertKey(key: KeyRecord): Promise<void>;
  /** Sets when a key was revoked, where it isn't yet. */
  revokeKey(keyId: string, revokedMicros: number): Promise<void>;
  /** Moves a key's last use forward; where it was used after `unlessSinceMicros`, does nothing. */
  touchKey(keyId: string, usedMicros: number, unlessSinceMicros: number): Promise<void>;
  /** All projects by name. */
  listProjects(): Promise<readonly ProjectRecord[]>;
  /**
   * Adds a project with its default environment, and gives it. Where there is one of that name,
   * gives that one and adds nothing.
   */
  requireProject(
    project: ProjectRecord,
    environmentId: string,
    createdMicros: number,
  ): Promise<ProjectRecord>;
  findSession(hash: string): Promise<SessionRecord | undefined>;
  /** Adds a session, and removes those that ended before `nowMicros`. */
  insertSession(session: SessionRecord, nowMicros: number): Promise<void>;
  deleteSession(hash: string): Promise<void>;
}
