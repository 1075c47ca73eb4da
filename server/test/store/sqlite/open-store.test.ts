import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../../src/store/sqlite/open-store.ts";
import { StoreOpenError } from "../../../src/store/store-open-error.ts";
import { describeStoreContract } from "../store-contract.ts";

let folder: string;
const dataDir = () => join(folder, "data");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowspan-store-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeStoreContract(
  "SQLite",
  () => openStore({ dataDir: dataDir() }),
  async () => undefined,
);

describe("openStore", () => {
  it("makes the folder, for its owner only", async () => {
    const nested = join(folder, "a", "b");

    const store = await openStore({ dataDir: nested });
    await store.close();

    expect(statSync(nested).mode & 0o777).toBe(0o700);
  });

  it("closes twice without harm, and leaves everything in one file", async () => {
    const store = await openStore({ dataDir: dataDir() });
    const environment = { id: "e", name: "x", tag: "other", createdMicros: 1 } as const;
    await store.write("prj_default", (each) => each.insertEnvironment(environment));

    await store.close();
    await store.close();

    const moved = join(folder, "moved");
    mkdirSync(moved);
    copyFileSync(join(dataDir(), "flowspan.db"), join(moved, "flowspan.db"));
    const copy = await openStore({ dataDir: moved });
    expect(await copy.read("prj_default").listEnvironments()).toHaveLength(2);
    await copy.close();
  });

  it("shares a folder between two open stores", async () => {
    const one = await openStore({ dataDir: dataDir() });
    const two = await openStore({ dataDir: dataDir() });
    const environment = { id: "e", name: "x", tag: "other", createdMicros: 1 } as const;

    await one.write("prj_default", (each) => each.insertEnvironment(environment));

    expect(await two.read("prj_default").listEnvironments()).toHaveLength(2);
    await Promise.all([one.close(), two.close()]);
  });

  it.each([
    ["is a file", () => writeFileSync(dataDir(), "mine")],
    ["is inside a file", () => writeFileSync(dataDir(), "mine"), "under"],
    [
      "holds another program's file of that name",
      () => {
        mkdirSync(dataDir());
        writeFileSync(join(dataDir(), "flowspan.db"), "not a database at all".repeat(20));
      },
    ],
    [
      "holds a folder of that name",
      () => mkdirSync(join(dataDir(), "flowspan.db"), { recursive: true }),
    ],
  ])("refuses a folder that %s, in one line, changing nothing", async (_, prepare, below = "") => {
    prepare();
    const before = snapshot(folder);

    const opening = openStore({ dataDir: join(dataDir(), below) });

    await expect(opening).rejects.toBeInstanceOf(StoreOpenError);
    await expect(opening).rejects.toThrow(/^data folder: [^\n]+$/);
    expect(snapshot(folder)).toEqual(before);
  });

  it("refuses a folder below one that takes none, even of root", async () => {
    await expect(openStore({ dataDir: "/proc/flowspan/data" })).rejects.toThrow(
      /^data folder: [^\n]+$/,
    );
  });

  it("refuses the database of another program, changing nothing", async () => {
    mkdirSync(dataDir());
    const database = new Database(join(dataDir(), "flowspan.db"));
    database.exec("CREATE TABLE mine (a)");
    database.close();
    const before = snapshot(folder);

    await expect(openStore({ dataDir: dataDir() })).rejects.toThrow(/got another file/);
    expect(snapshot(folder)).toEqual(before);
  });

  it("refuses a database that can't be written, changing nothing", async () => {
    const store = await openStore({ dataDir: dataDir() });
    await store.close();
    chmodSync(folder, 0o777);
    chmodSync(dataDir(), 0o777);
    chmodSync(join(dataDir(), "flowspan.db"), 0o444);
    const before = snapshot(folder);

    await withoutRights(async () => {
      await expect(openStore({ dataDir: dataDir() })).rejects.toThrow(/^data folder: .*EACCES/);
    });

    expect(snapshot(folder)).toEqual(before);
  });

  it("takes a folder of the first version further, keeping what is in it", async () => {
    const store = await openStore({ dataDir: dataDir() });
    const environment = { id: "e", name: "x", tag: "other", createdMicros: 1 } as const;
    await store.write("prj_default", (each) => each.insertEnvironment(environment));
    await store.close();
    const database = new Database(join(dataDir(), "flowspan.db"));
    database.exec("DROP TABLE sessions; DROP TABLE keys; DROP INDEX projects_by_name");
    database.exec("DROP INDEX logs_waiting; DROP INDEX logs_topmost");
    database.exec("DROP TABLE spans; DROP TABLE span_events; DROP TABLE stale_traces");
    for (const column of ["origin", "projection_hash", "span_fields"]) {
      database.exec(`ALTER TABLE logs DROP COLUMN ${column}`);
    }
    database.exec("ALTER TABLE logs DROP COLUMN waits_for");
    database.exec("CREATE INDEX logs_topmost ON logs (project_id) WHERE parent_id IS NULL");
    const insert = database.prepare(`INSERT INTO logs
      SELECT NULL, value->>0, 'prj_default', value->>1, value->>2, 'tool', 'f', 'v', NULL, NULL,
        NULL, 1, 1, 0, 0, NULL, NULL, NULL, NULL, '{}' FROM json_each(?)`);
    insert.run(
      JSON.stringify([
        ["t", "t", null],
        ["t", "child", "t"],
        ["t", "far", "gone"],
        ["lost", "alone", "gone"],
        ["lost", "below", "alone"],
      ]),
    );
    database.exec("PRAGMA user_version = 1");
    database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
    database.close();

    const again = await openStore({ dataDir: dataDir() });

    expect(await again.keys.listKeys()).toEqual([]);
    const reader = again.read("prj_default");
    expect(await reader.listEnvironments()).toHaveLength(2);
    const waiting = ["t", "child", "far", "alone", "below"].map((id) => reader.findLog(id));
    expect((await Promise.all(waiting)).map((log) => log?.waitsFor)).toEqual([
      undefined,
      undefined,
      "parent",
      "root",
      undefined,
    ]);
    await again.close();
  });

  it("refuses a folder that a newer version wrote, changing nothing", async () => {
    const store = await openStore({ dataDir: dataDir() });
    await store.close();
    const database = new Database(join(dataDir(), "flowspan.db"));
    database.exec("PRAGMA user_version = 9999");
    database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
    database.close();
    const before = snapshot(folder);

    const opening = openStore({ dataDir: dataDir() });

    await expect(opening).rejects.toThrow(/got 9999 .*newer flowspan/);
    expect(snapshot(folder)).toEqual(before);
  });
});

/** Runs the body as nobody where this is root, who may write everything. */
async function withoutRights(body: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await body();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

/** Every file with what its bytes hash to. */
function snapshot(top: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found[path] = entry.isFile() ? hash(readFileSync(path)) : "folder";
  }
  return found;
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
