import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyRecord } from "../../src/store/key-store.ts";
import type { FileRecord, LogRecord, VersionRecord } from "../../src/store/records.ts";
import { DEFAULT_PROJECT_ID, type Store, type StoreTransaction } from "../../src/store/store.ts";

const PROJECT = DEFAULT_PROJECT_ID;

const FILE: FileRecord = {
  id: "pr_1",
  type: "prompt",
  path: "dir/Näme",
  createdMicros: 1,
  updatedMicros: 1,
  detailsJson: "{}",
};

const VERSION: VersionRecord = {
  id: "prv_1",
  fileId: "pr_1",
  hash: "h1",
  kernelJson: '{"model":"m"}',
  name: undefined,
  description: undefined,
  createdMicros: 1,
  lastUsedMicros: 1,
  logsCount: 0,
};

const KEY: KeyRecord = {
  id: "key_1",
  projectId: PROJECT,
  name: "Nä'me; --",
  scopes: ["read", "write"],
  hash: "h1",
  createdMicros: 1_700_000_000_123_456,
  lastUsedMicros: undefined,
  expiresMicros: 1_800_000_000_000_000,
  revokedMicros: undefined,
};

function log(id: string, more: Partial<LogRecord> = {}): LogRecord {
  return {
    id,
    traceId: more.parentId === undefined ? id : "root",
    parentId: undefined,
    type: "prompt",
    fileId: "pr_1",
    versionId: "prv_1",
    status: undefined,
    startMicros: undefined,
    endMicros: undefined,
    save: true,
    createdMicros: 1_000,
    late: false,
    hasError: false,
    user: undefined,
    promptTokens: undefined,
    outputTokens: undefined,
    cost: undefined,
    fieldsJson: "{}",
    ...more,
  };
}

/**
 * What every engine must do. `open` gives a new store over what an earlier one in the same test
 * left, and `clear` removes it.
 */
export function describeStoreContract(
  name: string,
  open: () => Promise<Store>,
  clear: () => Promise<void>,
): void {
  describe(`${name} as a store`, () => {
    let store: Store;
    const read = () => store.read(PROJECT);
    const write = <T>(body: (transaction: StoreTransaction) => Promise<T>) =>
      store.write(PROJECT, body);

    beforeEach(async () => {
      store = await open();
      await write(async (transaction) => {
        await transaction.insertFile(FILE);
        await transaction.insertVersion(VERSION);
      });
    });
    afterEach(async () => {
      await store.close();
      await clear();
    });

    it("gives a log back as it was put in, and its header", async () => {
      const put = log("a", {
        traceId: "root",
        parentId: "root",
        status: "incomplete",
        startMicros: 1_700_000_000_123_456,
        endMicros: 1_700_000_000_123_457,
        save: false,
        late: true,
        hasError: true,
        user: "ü 🎈",
        promptTokens: 1,
        outputTokens: 0,
        cost: 0.1,
        fieldsJson: '{"inputs":{"a.b":null,"1":"\\u0000 \\ud83d 你"}}',
      });

      await write((transaction) => transaction.insertLog(put));

      expect(await read().findLog("a")).toEqual(put);
      expect(await read().findLogHeader("a")).toMatchObject({
        id: "a",
        traceId: "root",
        parentId: "root",
        status: "incomplete",
        startMicros: 1_700_000_000_123_456,
        save: false,
      });
      expect(await read().findLog("none")).toBeUndefined();
      expect(await read().findLogHeader("none")).toBeUndefined();
    });

    it("keeps everything when it is closed and opened again", async () => {
      await write((transaction) => transaction.insertLog(log("a")));
      await store.close();

      store = await open();

      expect(await read().findLog("a")).toEqual(log("a"));
      expect(await read().findFile("pr_1")).toEqual(FILE);
      expect(await read().findVersion("prv_1")).toEqual(VERSION);
    });

    it("undoes all of a write that throws, and throws what was thrown", async () => {
      const failure = new Error("refused");

      const refused = write(async (transaction) => {
        await transaction.insertLog(log("a"));
        await transaction.countUses("prv_1", 1, 5);
        throw failure;
      });

      await expect(refused).rejects.toBe(failure);
      expect(await read().findLog("a")).toBeUndefined();
      expect((await read().findVersion("prv_1"))?.logsCount).toBe(0);
    });

    it("undoes only the attempt that throws", async () => {
      await write(async (transaction) => {
        await transaction.insertLog(log("before"));
        const attempt = transaction.attempt(async () => {
          await transaction.insertLog(log("inside"));
          throw new Error("refused");
        });
        await expect(attempt).rejects.toThrow("refused");
        await transaction.attempt(() => transaction.insertLog(log("after")));
      });

      const found = await Promise.all(
        ["before", "inside", "after"].map((id) => read().findLog(id)),
      );
      expect(found.map((each) => each?.id)).toEqual(["before", undefined, "after"]);
    });

    it("keeps writes that run together apart: one that throws takes no other with it", async () => {
      const writes = Array.from({ length: 20 }, (_, index) =>
        write(async (transaction) => {
          await transaction.insertLog(log(`${index}`));
          if (index % 3 === 0) throw new Error("refused");
          return index;
        }),
      );

      const settled = await Promise.allSettled(writes);

      for (const [index, { status }] of settled.entries()) {
        expect(status).toBe(index % 3 === 0 ? "rejected" : "fulfilled");
        expect((await read().findLog(`${index}`)) !== undefined).toBe(index % 3 !== 0);
      }
    });

    it("lets a write see what the one before it wrote, and itself", async () => {
      const first = write((transaction) => transaction.insertLog(log("a")));
      const second = write(async (transaction) => {
        await transaction.insertLog(log("b"));
        return [await transaction.findLogHeader("a"), await transaction.findLog("b")];
      });

      await first;
      expect((await second).map((found) => found?.id)).toEqual(["a", "b"]);
    });

    it("shows a reader nothing of a write that isn't finished", async () => {
      const seen = await write(async (transaction) => {
        await transaction.insertLog(log("a"));
        return read().findLog("a");
      });

      expect(seen).toBeUndefined();
      expect(await read().findLog("a")).toBeDefined();
    });

    it("refuses a log id that is there, and a path or a version that is there", async () => {
      await write((transaction) => transaction.insertLog(log("a")));

      await expect(write((each) => each.insertLog(log("a", { traceId: "x" })))).rejects.toThrow();
      await expect(write((each) => each.insertFile({ ...FILE, id: "pr_2" }))).rejects.toThrow();
      const again = { ...VERSION, id: "prv_2" };
      await expect(write((each) => each.insertVersion(again))).rejects.toThrow();
    });

    it("keeps projects apart", async () => {
      await write((transaction) => transaction.insertLog(log("a")));

      const other = store.read("prj_other");

      expect(await other.findLog("a")).toBeUndefined();
      expect(await other.findLogHeader("a")).toBeUndefined();
      expect(await other.listLogTree(log("a"))).toEqual([]);
      expect(await other.findFile("pr_1")).toBeUndefined();
      expect(await other.findFileByPath(FILE.path)).toBeUndefined();
      expect(await other.findVersion("prv_1")).toBeUndefined();
      expect(await other.listEnvironments()).toEqual([]);
      expect((await other.listTraces({ limit: 9 })).traces).toEqual([]);
      expect((await other.listLogs({ fileId: "pr_1", page: 1, size: 9 })).total).toBe(0);
    });

    it("lists a log and those below it by start time, then arrival, without start last", async () => {
      const root = log("root", { type: "flow" });
      const late = log("late", { parentId: "root", startMicros: 9 });
      await write(async (transaction) => {
        await transaction.insertLog(root);
        await transaction.insertLog(late);
        await transaction.insertLog(log("first", { parentId: "root", startMicros: 1 }));
        await transaction.insertLog(log("second", { parentId: "root", startMicros: 1 }));
        await transaction.insertLog(log("deep", { parentId: "late", startMicros: 2 }));
        await transaction.insertLog(log("deeper", { parentId: "deep" }));
      });
      const listed = async (top: LogRecord) => (await read().listLogTree(top)).map(({ id }) => id);

      expect(await listed(root)).toEqual(["first", "second", "deep", "late", "root", "deeper"]);
      expect(await listed(late)).toEqual(["deep", "late", "deeper"]);
      expect(await listed(log("deeper", { parentId: "deep" }))).toEqual(["deeper"]);
      const { id, traceId, parentId, type, fileId, versionId, startMicros, save } = late;
      const header = { id, traceId, parentId, type, fileId, versionId, startMicros, save };
      expect((await read().listTreeHeaders(root))[3]).toEqual(header);
    });

    it("keeps spans by trace and id: a later one takes an earlier one's place, unless that has ended", async () => {
      const span = (spanId: string, ended: boolean, spanJson: string, traceId = "t") => ({
        traceId,
        spanId,
        ended,
        spanJson,
      });
      const puts = await write(async (transaction) => [
        await transaction.putSpan(span("a", false, '{"name":"1"}')),
        await transaction.putSpan(span("a", false, '{"name":"1"}')),
        await transaction.putSpan(span("a", true, '{"name":"2"}')),
        await transaction.putSpan(span("a", false, '{"name":"3"}')),
        await transaction.putSpan(span("b", true, '{"name":"ü \\u0000"}')),
        await transaction.putSpan(span("a", true, "{}", "other")),
      ]);

      expect(puts).toEqual([true, false, true, false, true, true]);
      expect(await read().findSpan("t", "a")).toEqual(span("a", true, '{"name":"2"}'));
      expect(await read().findSpan("t", "none")).toBeUndefined();
      expect(await read().countSpans("t")).toBe(2);
      expect((await read().listSpans("t")).map(({ spanId }) => spanId).sort()).toEqual(["a", "b"]);
      expect(await store.read("prj_other").hasSpans("t")).toBe(false);

      await write((transaction) => transaction.deleteSpans("t", ["a", "b", "none"]));

      expect(await read().hasSpans("t")).toBe(false);
      expect(await read().hasSpans("other")).toBe(true);
    });

    it("counts what of a trace its logs don't know of", async () => {
      const counts = await write(async (transaction) => [
        await transaction.addStaleSpans("t", 2),
        await transaction.addStaleSpans("t", 3),
        await transaction.addStaleSpans("u", 1),
      ]);
      expect(counts).toEqual([2, 5, 1]);
      expect([...(await read().listStaleTraces())].sort()).toEqual(["t", "u"]);
      expect(await store.read("prj_other").listStaleTraces()).toEqual([]);

      await write((transaction) => transaction.endStale("t"));

      expect(await read().listStaleTraces()).toEqual(["u"]);
      expect(await write((transaction) => transaction.addStaleSpans("t", 4))).toBe(4);
    });

    it("lists the logs that are named after a trace's spans, and the others in its traces", async () => {
      const named = "0".repeat(32);
      const ids = [
        `log_${named}`,
        `log_${named}0000000000000001`,
        `log_${named}000000000000000a_flow`,
      ];
      const top = { traceId: ids[0] as string, parentId: ids[0] };
      const spanMade = log(ids[1] as string, {
        ...top,
        origin: "both",
        projectionHash: "h",
        spanFields: ["output"],
      });
      await write(async (transaction) => {
        await transaction.insertLog(log(ids[0] as string, { type: "flow" }));
        await transaction.insertLog(spanMade);
        await transaction.insertLog(log(ids[2] as string));
        await transaction.insertLog(log("own", top));
        await transaction.insertLog(log(`log_${"0".repeat(31)}1`));
      });

      expect((await read().listLogsOfSpans(named)).map(({ id }) => id)).toEqual(ids);
      const others = await read().listOtherLogs([ids[0] as string, "none"], named);
      expect(others.map(({ id }) => id)).toEqual(["own"]);
      expect(await read().findLog(ids[1] as string)).toEqual(spanMade);
      expect(await store.read("prj_other").listLogsOfSpans(named)).toEqual([]);
    });

    it("puts a log elsewhere, and leaves its fields", async () => {
      const put = log("a", {
        traceId: "t",
        parentId: "p",
        waitsFor: "root",
        fieldsJson: '{"a":1}',
      });
      await write((transaction) => transaction.insertLog(put));

      const moved = { ...put, traceId: "u", parentId: undefined, waitsFor: undefined };
      await write((transaction) => transaction.placeLog({ ...moved, hasError: true }));

      expect(await read().findLog("a")).toEqual(moved);
    });

    it("lists logs of spans alone by their ends and ids where they start alike", async () => {
      const below = (id: string, endMicros: number) =>
        log(id, { parentId: "root", startMicros: 1, endMicros, origin: "spans" });
      await write(async (transaction) => {
        await transaction.insertLog(log("root", { type: "flow" }));
        for (const each of [below("c", 3), below("b", 2), below("a", 3)]) {
          await transaction.insertLog(each);
        }
      });

      const listed = await read().listLogTree(log("root"));
      expect(listed.map(({ id }) => id)).toEqual(["b", "a", "c", "root"]);
    });

    it("counts a trace's usage where it is deepest, and only what is told", async () => {
      const used = { promptTokens: 2, outputTokens: 1, cost: 0.5 };
      const largest = Number.MAX_SAFE_INTEGER;
      await write(async (transaction) => {
        await transaction.insertLog(log("root", { type: "flow", promptTokens: 99, cost: 9 }));
        await transaction.insertLog(log("sum", { parentId: "root", ...used, cost: 7 }));
        await transaction.insertLog(log("between", { parentId: "sum" }));
        await transaction.insertLog(log("a", { parentId: "between", ...used }));
        await transaction.insertLog(log("b", { parentId: "between", promptTokens: 3 }));
        await transaction.insertLog(log("c", { parentId: "root", ...used }));
        await transaction.insertLog(log("tool", { parentId: "c" }));
        await transaction.insertLog(log("none", { type: "flow" }));
        await transaction.insertLog(log("many", { type: "flow", promptTokens: largest }));
        for (let index = 0; index < 1_100; index += 1) {
          const call = { traceId: "many", parentId: "many", promptTokens: largest };
          await transaction.insertLog(log(`call ${index}`, call));
        }
      });

      const { traces } = await read().listTraces({ limit: 9 });

      const usage = traces.map(({ id, promptTokens, outputTokens, cost }) => [
        id,
        promptTokens,
        outputTokens,
        cost,
      ]);
      expect(usage).toEqual([
        ["many", expect.closeTo(1_100 * largest, -6), undefined, undefined],
        ["none", undefined, undefined, undefined],
        ["root", 7, 2, 1],
      ]);
    });

    it("has another revision after every change, and after it is opened again", async () => {
      const first = await store.revision();
      const unchanged = await store.revision();
      await write((transaction) => transaction.insertLog(log("a")));
      const second = await store.revision();
      await store.close();
      store = await open();

      expect(unchanged).toBe(first);
      expect(new Set([first, second, await store.revision()]).size).toBe(3);
    });

    it("can be written: it says so by writing, and changes nothing", async () => {
      const before = await store.read(PROJECT).listEnvironments();
      const revision = await store.revision();

      await store.checkWritable();

      expect(await store.revision()).not.toBe(revision);
      expect(await store.read(PROJECT).listEnvironments()).toEqual(before);
    });

    it("knows whether a trace has logs, and any below one, and moves them all", async () => {
      await write(async (transaction) => {
        await transaction.insertLog(log("a", { parentId: "gone", traceId: "one" }));
        await transaction.insertLog(log("b", { parentId: "a", traceId: "one" }));
      });
      const asked = ["gone", "a", "b"].map((id) => read().hasLogsIn("one", id));
      expect(await Promise.all(asked)).toEqual([true, true, false]);

      await write((transaction) => transaction.moveTrace("one", "two"));

      expect(await read().hasLogsIn("one")).toBe(false);
      expect(await read().hasLogsIn("two")).toBe(true);
      expect(await store.read("prj_other").hasLogsIn("two")).toBe(false);
      expect((await read().findLogHeader("b"))?.traceId).toBe("two");
    });

    it("lists logs that wait for a root until it is there, and has them below it", async () => {
      const waiting = { parentId: "gone", traceId: "root", waitsFor: "root" } as const;
      await write(async (transaction) => {
        await transaction.insertLog(log("far", { ...waiting, hasError: true, cost: 1 }));
        await transaction.insertLog(log("below", { parentId: "far", cost: 2 }));
        await transaction.insertLog(log("other", waiting));
      });
      const listed = async () => {
        const { traces } = await read().listTraces({ limit: 9 });
        return traces.map(({ id, hasRoot, logsCount, cost }) => [id, hasRoot, logsCount, cost]);
      };
      const treeOf = async (id: string) =>
        (await read().listLogTree(log(id, { traceId: "root" }))).map((each) => each.id);

      expect(await listed()).toEqual([
        ["other", false, 1, undefined],
        ["far", false, 2, 2],
      ]);
      expect((await read().findLog("far"))?.waitsFor).toBe("root");
      expect(await treeOf("far")).toEqual(["far", "below"]);

      await write(async (transaction) => {
        await transaction.insertLog(log("root", { type: "flow" }));
        await transaction.endWaitingForRoot("root");
      });
      expect(await listed()).toEqual([["root", true, 4, 2]]);
      expect(await treeOf("root")).toEqual(["far", "below", "other", "root"]);
      expect((await read().findLog("far"))?.waitsFor).toBe("parent");

      await write((transaction) => transaction.endWaiting("root", "gone"));
      expect((await read().findLog("far"))?.waitsFor).toBeUndefined();
      expect(await treeOf("root")).toEqual(["root"]);
      expect(await store.read("prj_other").listTraces({ limit: 9 })).toEqual({ traces: [] });
    });

    it("updates a log, sets its times and deletes it", async () => {
      await write((transaction) => transaction.insertLog(log("a")));

      const changed = log("a", { fieldsJson: '{"output":"x"}', hasError: true, endMicros: 7 });
      await write((transaction) => transaction.updateLog(changed));
      expect(await read().findLog("a")).toEqual(changed);
      await write((transaction) => transaction.setLogTimes({ ...changed, startMicros: 3 }));
      expect(await read().findLog("a")).toEqual({ ...changed, startMicros: 3 });
      await write((transaction) => transaction.deleteLogs(["a", "none"]));
      expect(await read().findLog("a")).toBeUndefined();
    });

    it("counts the uses of versions and of their file", async () => {
      const second = { ...VERSION, id: "prv_2", hash: "h2" };
      await write(async (transaction) => {
        await transaction.insertVersion(second);
        await transaction.countUses("prv_1", 2, 50);
        await transaction.countUses("prv_1", -1, 40);
        await transaction.countUses("prv_2", 5, 60);
      });

      expect(await read().findVersion("prv_1")).toMatchObject({ logsCount: 1, lastUsedMicros: 50 });
      expect(await read().countFileLogs("pr_1")).toBe(6);
      expect(await read().countFileLogs("none")).toBe(0);
    });

    it("finds versions by hash within their file, and lists them newest first", async () => {
      const second = { ...VERSION, id: "prv_2", hash: "h2", name: "v2", description: "d" };
      await write((transaction) => transaction.insertVersion(second));

      expect(await read().findVersionByHash("pr_1", "h2")).toEqual(second);
      expect(await read().findVersionByHash("other", "h2")).toBeUndefined();
      expect((await read().listVersions("pr_1")).map(({ id }) => id)).toEqual(["prv_2", "prv_1"]);
    });

    it("deploys one version of a file to each environment", async () => {
      const [production] = await read().listEnvironments();
      const deploy = (versionId: string) =>
        write((transaction) =>
          transaction.putDeployment({
            fileId: "pr_1",
            environmentId: production?.id ?? "",
            versionId,
          }),
        );
      await write((transaction) =>
        transaction.insertVersion({ ...VERSION, id: "prv_2", hash: "h2" }),
      );

      await deploy("prv_1");
      await deploy("prv_2");
      expect(await read().listDeployments("pr_1")).toEqual([
        { fileId: "pr_1", environmentId: production?.id, versionId: "prv_2" },
      ]);
      await write((transaction) => transaction.deleteDeployment("pr_1", production?.id ?? ""));
      expect(await read().listDeployments("pr_1")).toEqual([]);
      expect(production).toMatchObject({ name: "production", tag: "default" });
    });

    it("finds files by a part of their name, its signs meaning themselves", async () => {
      await write((transaction) =>
        transaction.insertFile({ ...FILE, id: "pr_2", path: "100%/a_b", createdMicros: 2 }),
      );
      const find = async (part: string) => {
        const query = { page: 1, size: 9, sortBy: "created_at", order: "asc" } as const;
        return (await read().listFiles({ ...query, name: part })).records.map(({ id }) => id);
      };

      expect(await find("A_B")).toEqual(["pr_2"]);
      expect(await find("a%b")).toEqual([]);
      expect(await find("N")).toEqual(["pr_1"]);
      expect(await find("")).toEqual(["pr_1", "pr_2"]);
    });

    it("takes any cursor, also one that isn't its own", async () => {
      await write((transaction) => transaction.insertLog(log("a")));

      for (const before of ["", "x", "1.2.3", "NaN.1", "'; --"]) {
        expect((await read().listTraces({ limit: 1, before })).traces).toEqual([]);
      }
    });

    it("gives a key back as it was put in, by id, by hash and in the list, also opened again", async () => {
      expect(await store.keys.hasKeys()).toBe(false);
      const second = { ...KEY, id: "key_0", hash: "h0", scopes: ["write"] } as const;

      await store.keys.insertKey(KEY);
      await store.keys.insertKey({ ...second, createdMicros: KEY.createdMicros + 1 });
      await store.close();
      store = await open();

      expect(await store.keys.hasKeys()).toBe(true);
      expect(await store.keys.findKey("key_1")).toEqual(KEY);
      expect(await store.keys.findKeyByHash("h1")).toEqual(KEY);
      expect(await store.keys.findKey("h1")).toBeUndefined();
      expect(await store.keys.findKeyByHash("key_1")).toBeUndefined();
      const listed = await store.keys.listKeys();
      expect(listed.map(({ id, scopes }) => [id, scopes])).toEqual([
        ["key_1", ["read", "write"]],
        ["key_0", ["write"]],
      ]);
    });

    it("refuses a key whose hash is there, and one of a project that is not", async () => {
      await store.keys.insertKey(KEY);

      await expect(store.keys.insertKey({ ...KEY, id: "key_2" })).rejects.toThrow();
      const lost = { ...KEY, id: "key_3", hash: "h3", projectId: "prj_none" };
      await expect(store.keys.insertKey(lost)).rejects.toThrow();
      expect(await store.keys.listKeys()).toHaveLength(1);
    });

    it("revokes a key once, and never forgets when", async () => {
      await store.keys.insertKey(KEY);

      await store.keys.revokeKey("key_1", 5);
      await store.keys.revokeKey("key_1", 9);
      await store.keys.revokeKey("key_none", 9);

      expect(await store.keys.findKey("key_1")).toEqual({ ...KEY, revokedMicros: 5 });
      expect(await store.keys.hasKeys()).toBe(true);
    });

    it("moves a key's last use forward where it was not used lately, never back", async () => {
      await store.keys.insertKey(KEY);
      const touch = async (usedMicros: number, unlessSinceMicros: number) => {
        await store.keys.touchKey("key_1", usedMicros, unlessSinceMicros);
        return (await store.keys.findKey("key_1"))?.lastUsedMicros;
      };

      expect(await touch(100, 40)).toBe(100);
      expect(await touch(150, 90)).toBe(100);
      expect(await touch(160, 100)).toBe(160);
      expect(await touch(50, 900)).toBe(160);
    });

    it("makes a project once for a name, with its default environment", async () => {
      const make = (id: string) =>
        store.keys.requireProject({ id, name: "second" }, `env_${id}`, 7);

      const made = await Promise.all([make("prj_a"), make("prj_b")]);

      expect(made).toEqual([
        { id: "prj_a", name: "second" },
        { id: "prj_a", name: "second" },
      ]);
      expect(await store.keys.listProjects()).toEqual([
        { id: PROJECT, name: "default" },
        { id: "prj_a", name: "second" },
      ]);
      expect(await store.read("prj_a").listEnvironments()).toEqual([
        { id: "env_prj_a", name: "production", tag: "default", createdMicros: 7 },
      ]);
      expect(await store.read("prj_b").listEnvironments()).toEqual([]);
      expect(await store.keys.requireProject({ id: "x", name: "default" }, "y", 7)).toEqual({
        id: PROJECT,
        name: "default",
      });
    });

    it("keeps sessions until they are deleted, or others come after their end", async () => {
      await store.keys.insertKey(KEY);
      const ofKey = { hash: "s1", keyId: "key_1", expiresMicros: 10 };
      const ofNone = { hash: "s2", keyId: undefined, expiresMicros: 20 };
      const find = () =>
        Promise.all(["s1", "s2", "s3"].map((hash) => store.keys.findSession(hash)));

      await store.keys.insertSession(ofKey, 1);
      await store.keys.insertSession(ofNone, 9);
      expect(await find()).toEqual([ofKey, ofNone, undefined]);
      const last = { hash: "s3", keyId: "key_1", expiresMicros: 30 };
      await store.keys.insertSession(last, 10);
      expect(await find()).toEqual([undefined, ofNone, last]);
      await store.keys.deleteSession("s2");
      await store.keys.deleteSession("s2");

      expect(await find()).toEqual([undefined, undefined, last]);
    });

    it("shows another open store a key and its end at once", async () => {
      const other = await open();
      await store.keys.insertKey(KEY);
      const seen = await other.keys.findKeyByHash("h1");
      await store.keys.revokeKey("key_1", 5);
      const revoked = await other.keys.findKeyByHash("h1");
      await other.close();

      expect(seen).toEqual(KEY);
      expect(revoked?.revokedMicros).toBe(5);
    });
  });
}
