import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runFlowspan } from "./flowspan-process.ts";

/** `FLOWSPAN_KILLS=50` kills it more often; each takes a second or two. */
const KILLS = Number(process.env.FLOWSPAN_KILLS ?? 4);
const WRITERS = 4;

interface TracesPage {
  readonly traces: readonly { readonly log_count: number }[];
  readonly next?: string;
}

interface Batch {
  readonly logs: readonly { readonly id: string }[];
}

/** Posts batches of two until the server is gone; gives the ids that were acknowledged. */
async function writeUntilKilled(
  url: string,
  key: string,
  name: string,
): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (let count = 0; ; count += 1) {
    const flow = { op: "create", type: "flow", path: "f", log_id: `${name} ${count}` };
    const child = {
      op: "create",
      type: "prompt",
      path: "p",
      prompt: { model: "m" },
      log_id: `${name} ${count} child`,
      trace_id: flow.log_id,
      output: "x".repeat(2_000),
    };
    try {
      const body = JSON.stringify({ logs: [child, flow] });
      const headers = { "x-api-key": key };
      const reply = await fetch(`${url}/v5/logs/batch`, { method: "POST", body, headers });
      const { logs } = (await reply.json()) as Batch;
      acknowledged.push(...logs.map(({ id }) => id));
    } catch {
      return acknowledged;
    }
  }
}

/** Signs in to the viewer; gives the cookie. */
async function signIn(url: string, key: string): Promise<string> {
  const reply = await fetch(`${url}/api/session`, {
    method: "POST",
    headers: { "x-flowspan-csrf": "1" },
    body: JSON.stringify({ key }),
  });
  return reply.headers.get("set-cookie")?.split(";")[0] ?? "";
}

it("has every acknowledged log, and whole requests only, after it was killed, with its keys and sessions", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-crash-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const data = ["--data", join(folder, "data")];
  const args = ["serve", "--port", "0", ...data];
  const newKey = async () =>
    (await runFlowspan(["keys", "create", "--name", "k", ...data]).ended).stdout.trim();
  const [key, revoked] = [await newKey(), await newKey()];
  const acknowledged: string[] = [];
  const cookies: string[] = [];

  for (let kill = 0; kill < KILLS; kill += 1) {
    const running = runFlowspan(args);
    const url = await running.ready();
    const writers = Array.from({ length: WRITERS }, (_, writer) =>
      writeUntilKilled(url, key, `kill ${kill} writer ${writer}`),
    );
    if (cookies.length < 4) cookies.push(await signIn(url, key));
    if (kill === 0) {
      const { stdout } = await runFlowspan(["keys", "list", ...data]).ended;
      const id = stdout.split("\n")[2]?.split(" ")[0] ?? "";
      expect((await runFlowspan(["keys", "revoke", id, ...data]).ended).code).toBe(0);
    }
    await new Promise((resolve) => setTimeout(resolve, 150 + 70 * (kill % 5)));
    running.child.kill("SIGKILL");
    acknowledged.push(...(await Promise.all(writers)).flat());
    await running.ended;
  }

  const url = await runFlowspan(args).ready();
  const ask = (path: string, headers: Record<string, string>) => fetch(url + path, { headers });
  expect(acknowledged.length).toBeGreaterThan(KILLS * WRITERS);
  for (const id of acknowledged) {
    const { status } = await ask(`/v5/logs/${encodeURIComponent(id)}`, { "x-api-key": key });
    expect(status, id).toBe(200);
  }
  const counts = new Set<number>();
  for (let before: string | undefined = ""; before !== undefined; ) {
    const reply = await ask(`/api/traces?limit=1000${before}`, { "x-api-key": key });
    const { traces, next } = (await reply.json()) as TracesPage;
    for (const { log_count } of traces) counts.add(log_count);
    before = next === undefined ? undefined : `&before=${next}`;
  }
  expect(counts).toEqual(new Set([2]));
  for (const cookie of cookies) expect((await ask("/api/traces", { cookie })).status).toBe(200);
  expect((await ask("/v5/flows", { "x-api-key": revoked })).status).toBe(401);
}, 600_000);
