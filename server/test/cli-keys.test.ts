import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Ended, runFlowspan } from "./flowspan-process.ts";

const KEY = /^fsk_[0-9A-Za-z]{43}\n$/;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowspan-cli-keys-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const data = () => join(folder, "data");

const runKeys = (...args: string[]): Promise<Ended> =>
  runFlowspan(["keys", ...args, "--data", data()]).ended;

/** Makes a key; gives what was printed. */
async function create(...args: string[]): Promise<{ key: string; id: string; ended: Ended }> {
  const ended = await runKeys("create", "--name", "ci", ...args);
  expect(ended.code).toBe(0);
  return {
    key: ended.stdout.trim(),
    id: /key_\w+/.exec(ended.stderr)?.[0] ?? "",
    ended,
  };
}

const statusOf = async (url: string, key?: string, init: RequestInit = {}): Promise<number> => {
  const headers: Record<string, string> = key === undefined ? {} : { "X-API-KEY": key };
  return (await fetch(url, { headers, ...init })).status;
};

describe("flowspan keys", () => {
  it("prints a new key alone to stdout, and what it is to stderr, once", async () => {
    const { key, id, ended } = await create("--project", "shop", "--scope", "write");

    expect(ended.stdout).toMatch(KEY);
    expect(ended.stderr).toMatch(
      /^flowspan: made key_\w{21} for project "shop" \(write\)\. [^\n]+\n$/,
    );
    expect(ended.stderr).not.toContain(key);
    const listed = await runKeys("list");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(listed.stdout).not.toContain(key.slice(4));
    expect(listed.stdout.split("\n")[1]).toMatch(
      new RegExp(
        `^${id}  ci    shop     write   \\d{4}-\\d\\d-\\d\\d  never      never    active$`,
      ),
    );
  });

  it("keeps nothing of a key on disk but its hash", async () => {
    const { key, id } = await create();

    const bytes = readdirSync(data()).map((name) => readFileSync(join(data(), name), "latin1"));

    expect(bytes.join("")).toContain(id);
    expect(bytes.join("")).not.toContain(key.slice(4));
  });

  it("makes and revokes keys of a server that runs, which knows from the next request on", async () => {
    const url = await runFlowspan(["serve", "--port", "0", "--data", data()]).ready();
    const flows = `${url}/v5/flows`;
    const before = await statusOf(flows);

    const first = await create();
    const other = await create("--project", "other", "--scope", "read");
    const open = [await statusOf(flows), await statusOf(flows, first.key)];
    const otherRead = await statusOf(flows, other.key);
    const otherWrite = await statusOf(`${url}/v5/flows/log`, other.key, { method: "POST" });
    const revoked = await runKeys("revoke", first.id);

    expect(before).toBe(200);
    expect(open).toEqual([401, 200]);
    expect([otherRead, otherWrite]).toEqual([200, 403]);
    expect(revoked).toMatchObject({ code: 0, stdout: `revoked ${first.id}\n`, stderr: "" });
    expect(await statusOf(flows, first.key)).toBe(401);
    expect((await runKeys("list")).stdout).toMatch(
      new RegExp(`${first.id} .* \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +never +revoked\n`),
    );
    expect((await runKeys("revoke", first.id)).code).toBe(0);
  });

  it("lets a server listen on other addresses once there is a key, and not before", async () => {
    const args = ["serve", "--port", "0", "--data", data(), "--host", "0.0.0.0"];

    const fresh = await runFlowspan(args).ended;
    expect(existsSync(data())).toBe(false);
    const local = runFlowspan(["serve", "--port", "0", "--data", data()]);
    await local.ready();
    const keyless = await runFlowspan(args).ended;
    const { key } = await create();
    const url = await runFlowspan(args).ready();

    for (const { code, stdout, stderr } of [fresh, keyless]) {
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(
        /^flowspan: host: [^\n]+without a key[^\n]+flowspan keys create[^\n]+\n$/,
      );
    }
    expect([await statusOf(`${url}/v5/flows`), await statusOf(`${url}/v5/flows`, key)]).toEqual([
      401, 200,
    ]);
  });

  it("says a key nowhere: not in what the server prints, answers, or refuses", async () => {
    const { key, id } = await create("--scope", "read");
    const configured = "a-configured-key-of-the-tests";
    const serving = runFlowspan(["serve", "--port", "0", "--data", data()], {
      FLOWSPAN_API_KEY: configured,
    });
    const url = await serving.ready();
    const said: string[] = [];
    const ask = async (path: string, init: RequestInit = {}, secret = key) => {
      for (const [name, value] of [
        ["X-API-KEY", secret],
        ["Authorization", `Bearer ${secret}`],
      ] as const) {
        const headers = { [name]: value, "x-flowspan-csrf": "1" };
        const reply = await fetch(url + path, { ...init, headers });
        said.push(`${reply.status} ${JSON.stringify([...reply.headers])} ${await reply.text()}`);
      }
    };

    for (const secret of [key, configured, `${key}x`]) {
      await ask("/v5/flows", {}, secret);
      await ask("/v5/nowhere", {}, secret);
      await ask("/v5/flows/log", { method: "POST", body: "{" }, secret);
      await ask("/v5/flows/log", { method: "POST", body: JSON.stringify({ path: 1 }) }, secret);
      await ask("/api/session", { method: "POST", body: JSON.stringify({ key: secret }) }, secret);
      await ask("/api/session", { method: "POST", body: JSON.stringify([secret]) }, secret);
      await ask("/metrics", {}, secret);
    }
    const wrong = await runKeys("revoke", key);
    serving.child.kill("SIGTERM");
    const { stdout, stderr } = await serving.ended;

    const all = [...said, stdout, stderr, wrong.stdout, wrong.stderr].join("\n");
    expect(said.length).toBeGreaterThan(40);
    expect(all).toContain('"set-cookie"');
    expect(all).not.toContain(key.slice(4));
    expect(all).not.toContain(configured);
    expect(all).not.toContain(id);
    expect(wrong.code).toBe(1);
  });
});

describe("bad input to flowspan keys: one clear line, exit code 1, nothing written", () => {
  it.each([
    [["keys"], /expected create, list or revoke/],
    [["keys", "make"], /expected create, list or revoke/],
    [["keys", "create"], /--name: expected a name/],
    [["keys", "create", "--name", ""], /--name: expected a name/],
    [["keys", "create", "--name", "a\nb"], /--name: expected a name/],
    [["keys", "create", "--name", "a".repeat(101)], /--name: expected a name/],
    [["keys", "create", "--name", "a", "--project", " "], /--project: expected a name/],
    [["keys", "create", "--name", "a", "--scope", "admin"], /--scope: .* got "admin"/],
    [["keys", "create", "--name", "a", "--scope", ""], /--scope: expected read, write/],
    [["keys", "create", "--name", "a", "--expires-days", "0"], /--expires-days: .* got "0"/],
    [["keys", "create", "--name", "a", "--expires-days", "1.5"], /got "1.5"/],
    [["keys", "create", "--name", "a", "--expires-days", "36501"], /got "36501"/],
    [["keys", "create", "--name", "a", "more"], /unknown argument "more"/],
    [["keys", "create", "--nam", "a"], /--nam/],
    [["keys", "list"], /data folder: expected one that a flowspan server uses/],
    [["keys", "revoke"], /expected one key's ID/],
    [["keys", "revoke", "a", "b"], /expected one key's ID/],
    [["keys", "revoke", "key_none"], /data folder: expected one that a flowspan server uses/],
    [["serve", "--trust-proxy", "everybody"], /trusted proxies: .* got "everybody"/],
    [["serve", "--trust-proxy", "10.0.0.0/33"], /trusted proxies: /],
  ])("%j", async (args, message) => {
    const withData = args.length === 1 ? args : [...args, "--data", data()];

    const ended = await runFlowspan(withData).ended;

    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toMatch(/^flowspan: [^\n]+\n$/);
    expect(existsSync(data())).toBe(false);
  });

  it("an ID that no key has", async () => {
    await create();

    const ended = await runKeys("revoke", "key_none");

    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^flowspan: keys revoke: no key has the ID "key_none"[^\n]+\n$/);
    expect((await runKeys("list")).stdout).toContain("active");
  });
});
