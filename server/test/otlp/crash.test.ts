import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runFlowspan } from "../flowspan-process.ts";
import type { LogView } from "../http/test-server.ts";
import { otlpBody, otlpSpan } from "./otlp-body.ts";

/** `FLOWSPAN_KILLS=50` kills it more often. */
const KILLS = Number(process.env.FLOWSPAN_KILLS ?? 2);

const AGENT = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "agent" };
const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" };

/** Sends traces, children first, one span in each request, until the server is gone. */
async function sendUntilKilled(url: string, writer: number, acknowledged: string[]): Promise<void> {
  for (let count = 1; ; count += 1) {
    const trace = (writer * 1_000_000 + count).toString(16).padStart(32, "a");
    const spans = [
      otlpSpan(trace, "00000000000000c1", { parent: "00000000000000f0", attributes: CHAT }),
      otlpSpan(trace, "00000000000000c2", { parent: "00000000000000f0", attributes: CHAT }),
      otlpSpan(trace, "00000000000000f0", { attributes: AGENT }),
    ];
    for (const span of spans) {
      try {
        const reply = await fetch(`${url}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(otlpBody([span])),
        });
        if (reply.status !== 200) throw new Error(String(reply.status));
        acknowledged.push(`log_${trace}${span.spanId}`);
      } catch {
        return;
      }
    }
  }
}

it("has the log of every acknowledged span, in its place, after it was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-otlp-crash-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = ["serve", "--port", "0", "--data", join(folder, "data")];
  const acknowledged: string[] = [];

  for (let kill = 0; kill < KILLS; kill += 1) {
    const running = runFlowspan(args);
    const url = await running.ready();
    const before = acknowledged.length;
    const writers = [1, 2, 3].map((writer) =>
      sendUntilKilled(url, kill * 10 + writer, acknowledged),
    );
    await expect.poll(() => acknowledged.length - before, { timeout: 30_000 }).toBeGreaterThan(9);
    running.child.kill("SIGKILL");
    await Promise.all([...writers, running.ended]);
  }

  const url = await runFlowspan(args).ready();
  for (const id of acknowledged) {
    const reply = await fetch(`${url}/v5/logs/${id}`);
    expect(reply.status, id).toBe(200);
    const log = (await reply.json()) as LogView;
    if (!id.endsWith("f0")) continue;
    expect(log.trace_children.map((child) => child.id.slice(-2))).toEqual(["c1", "c2"]);
  }
}, 120_000);
