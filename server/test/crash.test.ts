import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runFlowspan } from "./flowspan-process.ts";

const KILLS = 4;
const WRITERS = 4;

interface Batch {
  readonly logs: readonly { readonly id: string }[];
}

/** Posts batches of two until the server is gone; gives the ids that were acknowledged. */
async function writeUntilKilled(url: string, name: string): Promise<readonly string[]> {
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
      const reply = await fetch(`${url}/v5/logs/batch`, { method: "POST", body });
      const { logs } = (await reply.json()) as Batch;
      acknowledged.push(...logs.map(({ id }) => id));
    } catch {
      return acknowledged;
    }
  }
}

it("has every acknowledged log, and whole requests only, after it was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-crash-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = ["serve", "--port", "0", "--data", join(folder, "data")];
  const acknowledged: string[] = [];

  for (let kill = 0; kill < KILLS; kill += 1) {
    const running = runFlowspan(args);
    const url = await running.ready();
    const writers = Array.from({ length: WRITERS }, (_, writer) =>
      writeUntilKilled(url, `kill ${kill} writer ${writer}`),
    );
    await new Promise((resolve) => setTimeout(resolve, 150 + 70 * kill));
    running.child.kill("SIGKILL");
    acknowledged.push(...(await Promise.all(writers)).flat());
    await running.ended;
  }

  const url = await runFlowspan(args).ready();
  expect(acknowledged.length).toBeGreaterThan(KILLS * WRITERS);
  for (const id of acknowledged) {
    expect((await fetch(`${url}/v5/logs/${encodeURIComponent(id)}`)).status).toBe(200);
  }
  const traces = (await (await fetch(`${url}/api/traces?limit=1000`)).json()) as {
    traces: readonly { readonly log_count: number }[];
  };
  expect(new Set(traces.traces.map(({ log_count }) => log_count))).toEqual(new Set([2]));
}, 60_000);
