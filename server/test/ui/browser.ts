import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where systems keep Chromium; `CHROMIUM_PATH` comes first. */
const PLACES = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser these tests run in; undefined when this machine has none. */
export const CHROMIUM_PATH: string | undefined = PLACES.find(
  (place) => place !== undefined && existsSync(place),
);

/** Starts Chromium without its own network traffic. */
export function launchChromium(): Promise<Browser> {
  if (CHROMIUM_PATH === undefined) {
    throw new Error(
      `the browser tests: expected Chromium at CHROMIUM_PATH or ${PLACES.slice(1).join(", ")}, ` +
        "got none. Install it (Debian: apt-get install chromium).",
    );
  }
  return chromium.launch({
    executablePath: CHROMIUM_PATH,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page, and everything it did that it must not do. */
export interface WatchedPage {
  readonly page: Page;
  /** Dialogs, errors, policy violations and requests to elsewhere, in words. Empty is good. */
  misdeeds(): Promise<string[]>;
}

/** Opens an empty page that is watched from before its first script. */
export async function openWatchedPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const seen: string[] = [];
  await page.addInitScript(`
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.violations.push("policy: " + event.violatedDirective + " " + event.blockedURI));
  `);
  page.on("dialog", (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
  page.on("popup", () => seen.push("popup"));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`))
      seen.push(`request: ${request.url().slice(0, 99)}`);
  });
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) seen.push(message.text());
  });
  return {
    page,
    misdeeds: async () => {
      const violations: string[] = await page.evaluate("window.violations");
      const isHacked: boolean = await page.evaluate("'hacked' in window");
      return [...seen, ...violations, ...(isHacked ? ["a payload ran"] : [])];
    },
  };
}
