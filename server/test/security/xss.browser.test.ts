import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServer } from "../../src/http/create-server.ts";
import {
  flowKernelFields,
  promptKernelFields,
  toolKernelFields,
} from "../../src/http/schemas/kernels.ts";
import { logBodies } from "../../src/http/schemas/logs.ts";
import { openStore } from "../../src/store/sqlite/open-store.ts";
import { traceUrl } from "../../ui/route.ts";
import { CHROMIUM_PATH, launchChromium, openWatchedPage, type WatchedPage } from "../ui/browser.ts";
import { record } from "./attack-record.ts";
import { FIELDS_WITHOUT_TEXT, hostileRequest, XSS_TEXTS } from "./hostile-requests.ts";

const TYPES = ["flow", "prompt", "tool"] as const;

const isSkipped = CHROMIUM_PATH === undefined && !process.env.CI;
const why = isSkipped ? " (skipped: no Chromium on this machine; see test/ui/browser.ts)" : "";
const PAGE_DIR = fileURLToPath(new URL("../../dist/ui", import.meta.url));

/** How long a test may take that opens many pages, in milliseconds. */
const MANY_PAGES_MILLIS = 120_000;

/** One log as the page showed it, everything of it opened. */
interface ShownLog {
  readonly type: string;
  /** The text of its error. */
  readonly error: string;
  /** Elements that only markup brings, beside its fields or its JSON. */
  readonly added: readonly string[];
  /** Its JSON. */
  readonly raw: string;
}

/** What the list shows of a Flow's path. */
const firstLine = (text: string): string => `flow ${text}`.replace(/\n.*$/s, "…");

/** Elements, attributes and links that only a payload taken for markup brings into the page. */
const ADDED_BY_MARKUP = [
  ...[
    "script",
    "img",
    "iframe",
    "object",
    "embed",
    "video",
    "link",
    "style",
    "meta",
    "base",
    "form",
  ],
  ...["[onclick]", "[onload]", "[onerror]", "[onmouseover]", "[onfocus]", "[onbegin]", "[srcdoc]"],
  ...['[href]:not([href^="/"])', '[href^="//"]', "[src]"],
]
  .map((selector) => `#app main ${selector}`)
  .join(", ");

/** Run in the page, once for all of a trace: asking for each step from outside takes minutes. */
const SHOW_EVERY_LOG = `(async () => {
  const one = async (find) => {
    for (let found = find(); ; found = find()) {
      if (found) return found;
      await new Promise(requestAnimationFrame);
    }
  };
  const element = (selector) => one(() => document.querySelector(selector));
  const addedNow = () =>
    [...document.querySelectorAll(${JSON.stringify(ADDED_BY_MARKUP)})].map((each) => each.outerHTML);
  const shown = [];
  for (const type of ${JSON.stringify(TYPES)}) {
    (await element("[role=treeitem]:has(> * > [aria-label=" + type + "])")).click();
    await element(".log-head [aria-label=" + type + "]");
    for (const each of document.querySelectorAll(".log-pane details")) each.open = true;
    for (const each of document.querySelectorAll('.log-pane [aria-expanded="false"]')) each.click();
    const error = (await element(".log-pane .error-text .text")).textContent;
    await new Promise(requestAnimationFrame);
    const added = addedNow();
    (await one(() => [...document.querySelectorAll("button")].find((each) => each.textContent === "JSON"))).click();
    const raw = (await element(".raw .text")).textContent;
    shown.push({ type, error, added: [...added, ...addedNow()], raw });
  }
  return shown;
})()`;

describe("the payloads of these tests", () => {
  it.each(TYPES)("stand in every field that a %s log can have", (type) => {
    const request: Record<string, unknown> = hostileRequest(type, "TEXT", "parent");
    const kernels = { flow: flowKernelFields, prompt: promptKernelFields, tool: toolKernelFields };
    // An id names a file that is there: in its place these have a path.
    const fields = Object.keys(logBodies[type].shape).filter((field) => field !== "id");
    const numbers = ["max_tokens", "temperature", "top_p", "seed", "endpoint"];
    const penalties = ["presence_penalty", "frequency_penalty"];
    const ofKernel = Object.keys(kernels[type]).filter(
      (field) => !numbers.includes(field) && !penalties.includes(field),
    );

    const missing = fields.filter((field) => request[field] === undefined);
    const kernel = request[type] as Record<string, unknown>;

    expect(missing.filter((field) => !FIELDS_WITHOUT_TEXT.has(field))).toEqual([]);
    expect(ofKernel.filter((field) => !JSON.stringify(kernel[field]).includes("TEXT"))).toEqual([]);
  });
});

describe.skipIf(isSkipped)(`hostile logs in the viewer, in Chromium${why}`, () => {
  let browser: Browser;
  let origin: string;
  let stop: () => Promise<void>;
  let watched: WatchedPage;

  beforeAll(async () => {
    browser = await launchChromium();
    const dataDir = mkdtempSync(join(tmpdir(), "flowspan-xss-"));
    const store = await openStore({ dataDir });
    const server = createServer({ store, pageDir: PAGE_DIR });
    origin = await server.listen({ host: "127.0.0.1", port: 0 });
    stop = async () => {
      await server.close();
      await store.close();
      rmSync(dataDir, { recursive: true });
    };
    for (const text of XSS_TEXTS) await postHostileTrace(text);
    watched = await openWatchedPage(browser, origin);
  });
  afterAll(async () => {
    await browser?.close();
    await stop?.();
  });

  async function postHostileTrace(text: string): Promise<void> {
    for (const type of TYPES) {
      const parentId = type === "flow" ? undefined : `flow ${text}`;
      const response = await fetch(`${origin}/v5/${type}s/log`, {
        method: "POST",
        body: JSON.stringify(hostileRequest(type, text, parentId)),
      });
      if (!response.ok) throw new Error(`${type}: ${response.status} ${await response.text()}`);
    }
  }

  it("are text in the list of traces", async () => {
    const { page, misdeeds } = await openWatchedPage(browser, origin);

    await page.goto(origin);
    await page.locator("tbody tr").first().waitFor();
    const paths = await page.locator("tbody .path").allTextContents();

    expect([...paths].sort()).toEqual(XSS_TEXTS.map(firstLine).sort());
    expect(await page.locator(ADDED_BY_MARKUP).count()).toBe(0);
    expect(await misdeeds()).toEqual([]);
    await page.close();
  });

  it.each(XSS_TEXTS.map((text) => [text]))(
    "are text in every field of every log, and in its JSON: %j",
    async (text) => {
      const { page, misdeeds } = watched;
      await page.goto(origin + traceUrl(`flow ${text}`));
      await page
        .getByRole("treeitem")
        .nth(TYPES.length - 1)
        .waitFor();

      const shown = (await page.evaluate(SHOW_EVERY_LOG)) as ShownLog[];

      const done = await misdeeds();
      record(text, done.length === 0 ? "shown as text: no script, dialog or request" : done.join());
      expect(shown.map(({ raw, ...log }) => log)).toEqual(
        TYPES.map((type) => ({ type, error: text, added: [] })),
      );
      for (const { raw } of shown) expect(raw).toContain(JSON.stringify(text));
      expect(done).toEqual([]);
    },
  );

  it(
    "run nothing where an answer of the API is opened as a page",
    async () => {
      const { page, misdeeds } = await openWatchedPage(browser, origin);

      await page.goto(`${origin}/v5/nowhere/<script>window.hacked=1</script>`);
      for (const text of XSS_TEXTS) {
        await page.goto(`${origin}/v5/logs/${encodeURIComponent(`flow ${text}`)}`);
        expect(await page.locator("script, img, iframe, svg, object").count()).toBe(0);
      }

      expect(await misdeeds()).toEqual([]);
      await page.close();
    },
    MANY_PAGES_MILLIS,
  );
});
