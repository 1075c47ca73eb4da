import {
  createKey,
  isName,
  KEY_PREFIX,
  MAX_EXPIRY_DAYS,
  SCOPES,
  whyUnusable,
} from "../domain/keys.ts";
import { formatTime } from "../domain/time.ts";
import type { KeyRecord, KeyStore, Scope } from "../store/key-store.ts";
import { hasStore, openStore } from "../store/sqlite/open-store.ts";
import { parseOptions, refuseMore, UsageError } from "./command.ts";
import { toTextTable } from "./text-table.ts";

/** What `flowspan keys --help` prints. */
export const usage: string = `Usage: flowspan keys create --name NAME [options]
       flowspan keys list [--data DIR]
       flowspan keys revoke ID [--data DIR]

Makes, lists and revokes the keys that clients send. The key itself is printed once, when it is
made, and kept nowhere. Once there is a key, the server answers nobody without one. A server that
runs knows of a key, and of its end, from the next request on.

Options:
  --name NAME          what the key is for
  --project NAME       project that it reads and writes; made where there is none (default "default")
  --scope SCOPES       read, write, or read,write (default read,write)
  --expires-days DAYS  days until it ends (default: never)
  --data DIR           folder that the server keeps everything in (default ./.flowspan)
  --help               print this
`;

const DATA = { data: { type: "string", default: "./.flowspan" } } as const;

/** `flowspan keys create | list | revoke`. */
export async function run([action, ...args]: readonly string[]): Promise<void> {
  switch (action) {
    case "create":
      return create(args);
    case "list":
      return list(args);
    case "revoke":
      return revoke(args);
    default:
      throw new UsageError("keys: expected create, list or revoke");
  }
}

/** Prints the key alone to stdout, for a script to take, and what it is to stderr. */
async function create(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(args, {
    ...DATA,
    name: { type: "string" },
    project: { type: "string", default: "default" },
    scope: { type: "string", default: "read,write" },
    "expires-days": { type: "string" },
  });
  refuseMore(positionals);
  const wanted = {
    name: parseName("--name", values.name),
    project: parseName("--project", values.project),
    scopes: parseScopes(values.scope),
    expiresDays: parseDays(values["expires-days"]),
  };

  const { key, project, secret } = await withKeys(values.data, (keys) =>
    createKey(keys, wanted, Date.now()),
  );
  process.stdout.write(`${secret}\n`);
  const end = key.expiresMicros === undefined ? "" : `, until ${formatTime(key.expiresMicros)}`;
  process.stderr.write(
    `flowspan: made ${key.id} for project "${project.name}" (${key.scopes.join(", ")}${end}). ` +
      "The key above is not shown again.\n",
  );
}

async function list(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(args, DATA);
  refuseMore(positionals);
  requireStore(values.data);

  const { keys, projects } = await withKeys(values.data, async (store) => ({
    keys: await store.listKeys(),
    projects: new Map((await store.listProjects()).map(({ id, name }) => [id, name])),
  }));
  const nowMicros = Date.now() * 1_000;
  const titles = ["ID", "NAME", "PROJECT", "SCOPES", "CREATED", "LAST USED", "EXPIRES", "STATE"];
  const rows = keys.map((key) => [
    key.id,
    key.name,
    projects.get(key.projectId) ?? key.projectId,
    key.scopes.join(","),
    day(key.createdMicros),
    minute(key.lastUsedMicros),
    day(key.expiresMicros),
    whyUnusable(key, nowMicros) ?? "active",
  ]);
  process.stdout.write(toTextTable([titles, ...rows]));
}

async function revoke(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(args, DATA);
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0)
    throw new UsageError("keys revoke: expected one key's ID");
  // Not repeated: whoever has no ID at hand may have put the key itself.
  if (id.startsWith(KEY_PREFIX)) {
    throw new UsageError("keys revoke: expected a key's ID (key_...), got a key");
  }
  requireStore(values.data);

  const key = await withKeys(values.data, async (keys): Promise<KeyRecord> => {
    const found = await keys.findKey(id);
    if (found === undefined) {
      throw new Error(`keys revoke: no key has the ID "${id}". Run flowspan keys list.`);
    }
    await keys.revokeKey(id, Date.now() * 1_000);
    return found;
  });
  process.stdout.write(`revoked ${key.id}\n`);
}

/** Opens the store for as long as `body` takes; a server may have it open meanwhile. */
async function withKeys<T>(dataDir: string, body: (keys: KeyStore) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir });
  try {
    return await body(store.keys);
  } finally {
    await store.close();
  }
}

/** Only making a key may make a folder. */
function requireStore(dataDir: string): void {
  if (hasStore({ dataDir })) return;
  throw new Error(
    `data folder: expected one that a flowspan server uses, got ${dataDir}. Name it with --data.`,
  );
}

function parseName(option: string, text: string | undefined): string {
  if (text !== undefined && isName(text)) return text;
  throw new UsageError(`${option}: expected a name of 1 to 100 characters on one line`);
}

function parseScopes(text: string): readonly Scope[] {
  const given = text.split(",").map((part) => part.trim());
  const scopes = SCOPES.filter((scope) => given.includes(scope));
  if (given.every((part) => SCOPES.some((scope) => scope === part))) return scopes;
  throw new UsageError(`--scope: expected read, write or read,write, got "${text}"`);
}

function parseDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= MAX_EXPIRY_DAYS) return days;
  throw new UsageError(
    `--expires-days: expected a number from 1 to ${MAX_EXPIRY_DAYS}, got "${text}"`,
  );
}

function day(micros: number | undefined): string {
  return micros === undefined ? "never" : formatTime(micros).slice(0, 10);
}

function minute(micros: number | undefined): string {
  return micros === undefined ? "never" : formatTime(micros).slice(0, 16).replace("T", " ");
}
