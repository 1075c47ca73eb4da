import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServer } from "../../src/http/create-server.ts";
import { openStore } from "../../src/store/sqlite/open-store.ts";
import { traceUrl } from "../../ui/route.ts";
import { POLL_MILLIS } from "../../ui/use-polling.ts";
import { CHROMIUM_PATH, launchChromium, openWatchedPage } from "./browser.ts";
import { CONTENT_SECURITY_POLICY } from "./canned-server.ts";
import { HOSTILE_TEXTS, hostileLog } from "./hostile-logs.ts";
import { postTrace } from "./post-logs.ts";
import { sampleLog } from "./sample-logs.ts";
import { agentTrace } from "./sample-traces.ts";

const isSkipped = CHROMIUM_PATH === undefined && !process.env.CI;
const why = isSkipped ? " (skipped: no Chromium on this machine; see test/ui/browser.ts)" : "";
const PAGE_DIR = fileURLToPath(new URL("../../dist/ui", import.meta.url));

describe.skipIf(isSkipped)(`the viewer on the real server, in Chromium${why}`, () => {
  let browser: Browser;
  let origin: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    browser = await launchChromium();
    const dataDir = mkdtempSync(join(tmpdir(), "flowspan-viewer-"));
    const store = await openStore({ dataDir });
    const server = createServer({ store, pageDir: PAGE_DIR });
    origin = await server.listen({ host: "127.0.0.1", port: 0 });
    stop = async () => {
      await server.close();
      await store.close();
      rmSync(dataDir, { recursive: true });
    };
  });
  afterAll(async () => {
    await browser?.close();
    await stop?.();
  });

  it("is sent with the strict policy, at / and at a log's URL", async () => {
    for (const path of ["/", "/logs/log_root"]) {
      const response = await fetch(origin + path);

      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain("text/html");
      expect(response.headers.get("content-security-policy")).toBe(CONTENT_SECURITY_POLICY);
      // An inline script or style would be refused by the browser.
      expect(await response.text()).not.toMatch(/<script>|<style|style=|\son\w+=/);
    }
  });

  it("shows a trace that came by the API, and its completion", async () => {
    await postTrace(origin, agentTrace());
    const { page, misdeeds } = await openWatchedPage(browser, origin);
    await page.clock.install();

    await page.goto(origin);
    await page.locator("tbody tr").filter({ hasText: "agent" }).click();
    await page.getByRole("treeitem").first().waitFor();

    expect(page.url()).toBe(`${origin}/logs/log_root`);
    expect(await page.getByRole("treeitem").count()).toBe(7);
    expect(await page.locator(".totals").textContent()).toContain("3,081 → 310");
    await page.getByRole("treeitem").nth(1).click();
    expect(await page.locator(".log-pane").textContent()).toContain("calls searchcall_2");
    await fetch(`${origin}/v5/flows/logs/log_root`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ trace_status: "complete" }),
    });
    await page.clock.runFor(POLL_MILLIS);
    await page.getByText("complete", { exact: true }).waitFor();
    expect(await misdeeds()).toEqual([]);
    await page.close();
  });

  it("opens a trace at the URL of a log inside it", async () => {
    const { page, misdeeds } = await openWatchedPage(browser, origin);
    await page.goto(`${origin}/logs/log_search_2`);

    await page.waitForURL("**/logs/log_root?log=log_search_2");
    await page.locator(".error-text").getByText("TimeoutError").waitFor();
    expect(await misdeeds()).toEqual([]);
    await page.close();
  });

  it("lists and opens logs whose root has not come, and goes to their trace once it has", async () => {
    const far = {
      ...{ op: "create", type: "tool", path: "far/away", log_id: "far", tool: {} },
      ...{ trace_id: "far_root", trace_parent_id: "far_step", parent_may_follow: true },
    };
    const root = { op: "create", type: "flow", path: "far/root", log_id: "far_root" };
    const send = (log: object) =>
      fetch(`${origin}/v5/logs/batch`, { method: "POST", body: JSON.stringify({ logs: [log] }) });
    await send(far);
    const { page, misdeeds } = await openWatchedPage(browser, origin);
    await page.clock.install();

    await page.goto(origin);
    const row = page.locator("tbody tr").filter({ hasText: "far/away" });
    expect(await row.textContent()).toContain("without its root");
    await row.getByRole("link").click();
    await page.getByText("The logs above this one are not here yet.").waitFor();
    expect(page.url()).toBe(`${origin}/logs/far`);
    expect(await page.getByRole("treeitem").count()).toBe(1);

    await send(root);
    await page.clock.runFor(POLL_MILLIS);
    await page.waitForURL("**/logs/far_root?log=far");
    await page.getByRole("treeitem").nth(1).waitFor();
    expect(await misdeeds()).toEqual([]);
    await page.close();
  });

  it("shows hostile ids, paths and payloads that came by the API as text", async () => {
    for (const [n, text] of HOSTILE_TEXTS.entries()) {
      const child = hostileRequest(`hostile_${n}`, text);
      const flow = { path: `${text}/flow`, attributes: { [text]: text } };
      await postTrace(origin, sampleLog(text, { flow, user: text, error: text }, [child]));
    }
    const { page, misdeeds } = await openWatchedPage(browser, origin);

    await page.goto(origin);
    await page.locator("tbody tr").first().waitFor();
    const listed = await page.locator("tbody").textContent();
    for (const [n, text] of HOSTILE_TEXTS.entries()) {
      expect(listed).toContain(text);
      await page.goto(origin + traceUrl(text, `hostile_${n}`));
      await page.locator(".log-pane .error-text").waitFor();
      expect(await page.getByRole("treeitem").count(), text).toBe(2);
      expect(await page.locator(".error-text .text").textContent()).toBe(text);
    }
    expect(await misdeeds()).toEqual([]);
    await page.close();
  });
});

/** The hostile log without what the API refuses: roles that are none, times that are none. */
function hostileRequest(id: string, text: string) {
  const log = hostileLog(id, text);
  return {
    ...log,
    start_time: undefined,
    output_message: { role: "assistant", name: text, content: text },
    messages: [
      { role: "user", name: text, content: text },
      { role: "tool", tool_call_id: text, content: text },
    ],
  };
}
