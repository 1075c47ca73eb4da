import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { POLL_MILLIS } from "../../ui/use-polling.ts";
import { CHROMIUM_PATH, launchChromium, openWatchedPage, type WatchedPage } from "./browser.ts";
import { type CannedServer, startCannedServer } from "./canned-server.ts";
import { FIELDS_OF_HOSTILE_LOG, HOSTILE_TEXTS, hostileLog } from "./hostile-logs.ts";
import { at, sampleLog } from "./sample-logs.ts";
import { agentTrace, summaryOf, withTraceId } from "./sample-traces.ts";

const isSkipped = CHROMIUM_PATH === undefined && !process.env.CI;
const why = isSkipped ? " (skipped: no Chromium on this machine; see test/ui/browser.ts)" : "";

describe.skipIf(isSkipped)(`the viewer in Chromium${why}`, () => {
  let browser: Browser;
  let server: CannedServer;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await startCannedServer();
    watched = await openWatchedPage(browser, server.origin);
    page = watched.page;
    await page.clock.install();
  });
  afterEach(async () => {
    const misdeeds = await watched.misdeeds();
    await page.close();
    await server.close();
    expect(misdeeds).toEqual([]);
  });

  const listRows = () => page.locator("tbody tr");
  const rows = () => page.getByRole("treeitem");
  const selectedPath = () => page.locator("[aria-selected=true] .path").textContent();
  /** The text of a part of the page as it is seen, its white space made one blank. */
  const seenIn = async (part: Locator) => {
    // biome-ignore lint/performance/useDomNodeTextContent: what is seen, blanks between columns too.
    const text = await part.innerText();
    return text.replace(/\s+/g, " ").trim();
  };
  /** Lets the page look again, without waiting for it, until something is there. */
  const pollFor = (part: Locator, count = 1) =>
    expect
      .poll(async () => {
        await page.clock.runFor(POLL_MILLIS);
        return part.count();
      })
      .toBe(count);
  const openAgent = async (path = "/logs/log_root") => {
    server.logs.set("log_root", agentTrace());
    await page.goto(server.origin + path);
    await rows().first().waitFor();
  };

  describe("the list", () => {
    it("says how to send the first trace, and shows it when it comes", async () => {
      await page.goto(server.origin);
      await page.getByText(`FLOWSPAN_URL=${server.origin}/v5`).waitFor();

      server.traces = [summaryOf(agentTrace(), { error: true, log_count: 6, cost: 0.0071 })];
      await pollFor(listRows());

      expect(await seenIn(listRows())).toMatch(
        /^support\/ agent incomplete error .+ – 6 – \$0\.0071$/,
      );
      await listRows().click();
      await page.waitForURL("**/logs/log_root");
    });

    it("loads older pages, and keeps them and the place while new traces come", async () => {
      server.traces = Array.from({ length: 120 }, (_, n) => summaryOf(sampleLog(`log_${n}`)));
      await page.goto(server.origin);
      await page.getByRole("button", { name: "Load more" }).click();
      await expect.poll(() => listRows().count()).toBe(100);
      const inSight = page.locator("tbody tr", { hasText: "log_90" });
      await inSight.scrollIntoViewIfNeeded();
      const before = await inSight.boundingBox();

      server.traces.unshift(summaryOf(sampleLog("log_new")));
      await pollFor(listRows(), 101);

      expect((await inSight.boundingBox())?.y).toBeCloseTo(before?.y ?? -1, 0);
    });

    it("goes through the traces by key, and comes back to the same place", async () => {
      server.traces = Array.from({ length: 50 }, (_, n) => summaryOf(sampleLog(`log_${n}`)));
      server.logs.set("log_39", sampleLog("log_39"));
      await page.goto(server.origin);
      await listRows().first().waitFor();
      for (let step = 0; step < 40; step += 1) await page.keyboard.press("j");
      const scrolled = await page.evaluate("scrollY");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/logs/log_39");
      await rows().waitFor();
      await page.goBack();
      await listRows().first().waitFor();

      expect(scrolled).toBeGreaterThan(0);
      expect(await page.evaluate("scrollY")).toBe(scrolled);
    });

    it("says so when the server can't answer, and goes on when it can again", async () => {
      server.traces = [summaryOf(agentTrace())];
      server.isBroken = true;
      await page.goto(server.origin);
      await page.getByText("The server said 503.").waitFor();

      server.isBroken = false;
      await pollFor(listRows());
    });
  });

  describe("a trace", () => {
    it("is a tree with tokens, durations, totals and bars on one axis", async () => {
      await openAgent();

      expect(await rows().locator(".path").allTextContents()).toEqual([
        "support/agent",
        "support/agent/plan",
        "support/agent/tools",
        "support/search",
        "support/search",
        "support/agent/answer",
        "support/agent/review",
      ]);
      expect(await seenIn(rows().nth(1))).toContain("1,204 → 96 830 ms");
      expect(await seenIn(page.locator(".totals"))).toContain("Tokens 3,081 → 310 Cost $0.00704");
      expect(await seenIn(page.locator(".trace-head"))).toContain("incomplete 1 error");
      const axis = await page.locator(".row-bar").nth(1).boundingBox();
      const bar = await page.locator(".bar").nth(1).boundingBox();
      expect((bar?.width ?? 0) / (axis?.width ?? 1)).toBeCloseTo(830 / 2914, 2);
    });

    it("shows a log's messages with parsed calls, its usage, and its JSON", async () => {
      await openAgent("/logs/log_root?log=log_plan");

      const pane = await seenIn(page.locator(".log-pane"));

      expect(pane).toContain("You help visitors");
      expect(pane).toContain("calls search call_2 query: sunday limit: 3");
      expect(pane).toContain("Cached 1,024");
      expect(pane).toContain("model: gpt-4o-mini");
      await page.getByRole("button", { name: "JSON" }).click();
      const json = (await page.locator(".raw .text").textContent()) ?? "";
      expect(JSON.parse(json)).toMatchObject({ id: "log_plan", finish_reason: "tool_calls" });
    });

    it("moves and folds by key, and keeps the selection in the URL, back and forward", async () => {
      await openAgent();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("j");
      await page.waitForURL("**/logs/log_root?log=log_tools");

      await page.keyboard.press("ArrowLeft");
      expect(await rows().count()).toBe(5);
      await page.keyboard.press("ArrowRight");
      expect(await rows().count()).toBe(7);

      await rows().nth(4).click();
      expect(await page.locator(".error-text").textContent()).toContain("TimeoutError");
      await rows().nth(5).click();
      await page.goBack();
      await expect.poll(selectedPath).toBe("support/search");
      expect(page.url()).toContain("log=log_search_2");
      await page.goForward();
      await expect.poll(selectedPath).toBe("support/agent/answer");
    });

    it("selects the parent when the branch of the selected log is folded", async () => {
      await openAgent("/logs/log_root?log=log_search_1");
      await rows().nth(2).locator("[data-fold]").click();

      expect(await rows().count()).toBe(5);
      expect(await selectedPath()).toBe("support/agent/tools");
    });

    it("opens at a log inside it when the URL names that log alone", async () => {
      server.logs.set("log_answer", {
        ...sampleLog("log_answer"),
        trace_flow_id: "fl_agent",
        trace_id: "log_root",
      });
      await openAgent("/logs/log_answer");

      await page.waitForURL("**/logs/log_root?log=log_answer");
      expect(await selectedPath()).toBe("support/agent/answer");
    });

    it("grows while it runs, and keeps the selection and the folds", async () => {
      await openAgent("/logs/log_root?log=log_plan");
      await rows().nth(2).locator("[data-fold]").click();
      const grown = agentTrace();
      const late = sampleLog("log_late", { start_time: at(3000), end_time: at(3100) });
      server.logs.set("log_root", {
        ...grown,
        trace_status: "complete",
        trace_children: [...(grown.trace_children ?? []), late],
      });

      await pollFor(rows().filter({ hasText: "log_late" }));

      expect(await rows().count()).toBe(6);
      expect(await selectedPath()).toBe("support/agent/plan");
      expect(await page.locator(".trace-head .mark").first().textContent()).toBe("complete");
    });

    it("waits for a log whose URL was known before the log was sent", async () => {
      await page.goto(`${server.origin}/logs/log_root`);
      await page.getByText("There is no such log here yet.").waitFor();

      server.logs.set("log_root", agentTrace());
      await pollFor(rows(), 7);
    });

    it("says when content was not recorded", async () => {
      server.logs.set("bare", sampleLog("bare", { save: false }));
      await page.goto(`${server.origin}/logs/bare`);

      await page.getByText("Content was not recorded").waitFor();
    });

    it("opens 10,000 logs: deep ones folded, a flat list a part at a time", async () => {
      const many = (count: number, name: string) =>
        Array.from({ length: count }, (_, n) => sampleLog(`${name}_${n}`, { start_time: at(n) }));
      const branches = many(100, "d").map((log) => ({ ...log, trace_children: many(99, log.id) }));
      server.logs.set("deep", sampleLog("deep", {}, branches));
      server.logs.set("flat", sampleLog("flat", {}, many(10_000, "f")));

      await page.goto(`${server.origin}/logs/deep`);
      await rows().first().waitFor({ timeout: 5000 });
      expect(await rows().count()).toBe(1 + 100 + 4 * 99);
      expect(await seenIn(page.locator(".totals"))).toContain("Logs 10,001");

      await page.goto(`${server.origin}/logs/flat?log=f_700`);
      await rows().first().waitFor({ timeout: 5000 });
      expect(await selectedPath()).toBe("f_700");
      expect(await rows().count()).toBe(702);
      await page.getByRole("button", { name: "Show more of 10,001 rows" }).click();
      expect(await rows().count()).toBe(1202);
    });
  });

  describe("the key", () => {
    it("is asked for, sent once, and kept nowhere that a script can read", async () => {
      server.key = "right key";
      server.traces = [summaryOf(agentTrace())];
      await page.goto(server.origin);
      await page.getByLabel("API key").fill("wrong");
      await page.keyboard.press("Enter");
      await page.getByText("did not take that key").waitFor();

      await page.getByLabel("API key").fill("right key");
      await page.getByRole("button", { name: "Sign in" }).click();
      await listRows().waitFor();
      await page.reload();
      await listRows().waitFor();

      const kept = "document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })";
      expect(await page.evaluate(kept)).toBe("{}");
      expect(page.url()).toBe(`${server.origin}/`);

      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByLabel("API key").waitFor();
      expect(await page.getByLabel("API key").inputValue()).toBe("");
      expect(await listRows().count()).toBe(0);
    });

    it("is not asked for where the server needs none, and there is nothing to sign out of", async () => {
      server.traces = [summaryOf(agentTrace())];
      await page.goto(server.origin);
      await listRows().waitFor();

      expect(await page.getByLabel("API key").count()).toBe(0);
      expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(0);
    });
  });

  describe("payloads", () => {
    it("are text, however hostile, in every field of a log and of the list", async () => {
      const logs = HOSTILE_TEXTS.map((text, n) => hostileLog(`log_${n}`, text));
      const root = sampleLog("log_root", { error: HOSTILE_TEXTS[0] }, logs);
      server.logs.set("log_root", withTraceId(root, "log_root"));
      server.traces = HOSTILE_TEXTS.map((text, n) =>
        summaryOf(sampleLog(`log_${n}`), { path: text, user: text, error: true }),
      );

      await page.goto(server.origin);
      await listRows().first().waitFor();
      expect(await page.locator("tbody .path").allTextContents()).toEqual(HOSTILE_TEXTS);
      expect(await page.locator(ADDED_BY_MARKUP).count()).toBe(0);

      await page.goto(`${server.origin}/logs/log_root`);
      await rows().first().waitFor();
      for (const [n, text] of HOSTILE_TEXTS.entries()) {
        await page.keyboard.press("j");
        await page.waitForURL(`**/logs/log_root?log=log_${n}`);
        const shown = await page.locator(".log-pane .text").allTextContents();
        expect(await selectedPath()).toBe(text);
        expect(shown.filter((part) => part === text).length, text).toBe(FIELDS_OF_HOSTILE_LOG);
        expect(await page.locator(ADDED_BY_MARKUP).count(), text).toBe(0);
        await page.getByRole("button", { name: "JSON" }).click();
        expect(await page.locator(".raw .text").textContent()).toContain(`"id": "log_${n}"`);
      }
      expect(await page.locator("#app main a").count()).toBe(0);
    });

    it("of 1 MB are cut until the reader asks for them", async () => {
      const text = `<b>${"x".repeat(1_000_000)}</b>`;
      server.logs.set("log_root", hostileLog("log_root", text));
      await page.goto(`${server.origin}/logs/log_root`);
      const more = page.getByRole("button", { name: "Show all 1,000,007 characters" });
      await more.first().waitFor({ timeout: 5000 });

      expect((await page.locator("#app").textContent())?.length).toBeLessThan(200_000);
      await page.locator(".error-text").getByRole("button").click();
      expect(await page.locator(".error-text .text").textContent()).toBe(text);
    });
  });
});

/** Elements and attributes that only a payload taken for markup can bring into the page. */
const ADDED_BY_MARKUP = [
  ...["script", "img", "iframe", "link", "style", "meta", "base"],
  ...["[onclick]", "[onload]", "[onerror]", "[onmouseover]", "[onfocus]", "[autofocus]"],
]
  .map((selector) => `#app ${selector}`)
  .join(", ");
