import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createCallers } from "../../src/domain/callers.ts";
import { createKey, hashSecret, isName } from "../../src/domain/keys.ts";
import { openStore } from "../../src/store/sqlite/open-store.ts";

it("writes a key's use once for many requests at once, and refuses nobody where it can't", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "flowspan-callers-"));
  const { keys, close } = await openStore({ dataDir });
  onTestFinished(async () => {
    await close();
    rmSync(dataDir, { recursive: true });
  });
  const wanted = { name: "a", project: "default", scopes: ["read"] } as const;
  const { secret, key } = await createKey(keys, wanted, 1_000);
  const touched: string[] = [];
  const errors: unknown[] = [];
  const failure = new Error("disk full");
  const callers = createCallers({
    keys: {
      ...keys,
      touchKey: async (keyId) => {
        touched.push(keyId);
        throw failure;
      },
    },
    clock: () => Date.UTC(2026, 0, 2),
    requireKey: false,
    onError: (error) => errors.push(error),
  });

  const found = await Promise.all([1, 2, 3].map(() => callers.byKey(secret)));
  await callers.byKey(secret);

  const caller = { projectId: "prj_default", scopes: ["read"], keyId: key.id };
  expect(found).toEqual([caller, caller, caller]);
  expect(touched).toEqual([key.id]);
  expect(errors).toEqual([failure]);
});

it("takes no key whose stored hash is another, whatever the look-up gave", async () => {
  const record = {
    id: "key_1",
    projectId: "prj_default",
    name: "a",
    scopes: ["read"],
    hash: hashSecret("the key"),
    createdMicros: 1,
    lastUsedMicros: Number.MAX_SAFE_INTEGER,
  } as const;
  const keys = { findKeyByHash: async () => record, touchKey: async () => undefined };
  const callers = createCallers({
    keys: keys as unknown as Parameters<typeof createCallers>[0]["keys"],
    clock: () => 1,
    requireKey: true,
    onError: () => undefined,
  });

  expect(await callers.byKey("the key")).toMatchObject({ keyId: "key_1" });
  expect(await callers.byKey("another")).toBeUndefined();
});

it.each([
  ["a", true],
  ["Müller's key, 2", true],
  ["a".repeat(100), true],
  ["a".repeat(101), false],
  ["", false],
  [" a", false],
  ["a\tb", false],
  ["a\u001b[31m", false],
  ["a\u202eb", false],
])("whether %j is a name: %s", (text, isGood) => {
  expect(isName(text)).toBe(isGood);
});
