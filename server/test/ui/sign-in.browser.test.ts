import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createKey } from "../../src/domain/keys.ts";
import { createServer } from "../../src/http/create-server.ts";
import { openStore } from "../../src/store/sqlite/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { CHROMIUM_PATH, launchChromium, openWatchedPage, type WatchedPage } from "./browser.ts";

const isSkipped = CHROMIUM_PATH === undefined && !process.env.CI;
const why = isSkipped ? " (skipped: no Chromium on this machine; see test/ui/browser.ts)" : "";
const PAGE_DIR = fileURLToPath(new URL("../../dist/ui", import.meta.url));

describe.skipIf(isSkipped)(`signing in on the real server, in Chromium${why}`, () => {
  let browser: Browser;
  let store: Store;
  let origin: string;
  let stop: () => Promise<void>;
  let key: { readonly secret: string; readonly id: string };
  let watched: WatchedPage;
  /** What pages of other ports asked, and how it was answered. */
  const fromElsewhere: string[] = [];

  const addKey = async (project: string) => {
    const wanted = { name: "test", project, scopes: ["read", "write"] } as const;
    const made = await createKey(store.keys, wanted, Date.now());
    return { secret: made.secret, id: made.key.id };
  };
  const postFlow = (secret: string, path: string) =>
    fetch(`${origin}/v5/flows/log`, {
      method: "POST",
      headers: { "x-api-key": secret },
      body: JSON.stringify({ path, log_id: "shared", output: path }),
    });
  const giveKey = async (secret: string) => {
    await watched.page.getByLabel("API key").fill(secret);
    await watched.page.getByRole("button", { name: "Sign in" }).click();
  };
  const listed = () => watched.page.locator("tbody tr").allTextContents();

  beforeAll(async () => {
    browser = await launchChromium();
    const dataDir = mkdtempSync(join(tmpdir(), "flowspan-sign-in-"));
    store = await openStore({ dataDir });
    const server = createServer({ store, pageDir: PAGE_DIR });
    server.addHook("onResponse", async ({ method, url, headers }, { statusCode }) => {
      if (headers["sec-fetch-site"] !== "same-site") return;
      const cookie = headers.cookie === undefined ? "no cookie" : "cookie";
      fromElsewhere.push(`${method} ${url}, ${cookie}: ${statusCode}`);
    });
    origin = await server.listen({ host: "127.0.0.1", port: 0 });
    stop = async () => {
      await server.close();
      await store.close();
      rmSync(dataDir, { recursive: true });
    };
    key = await addKey("first");
    await postFlow(key.secret, "of/first");
  });
  afterAll(async () => {
    await browser?.close();
    await stop?.();
  });
  beforeEach(async () => {
    watched = await openWatchedPage(browser, origin);
    return () => watched.page.close();
  });

  it("asks for a key, refuses a wrong one, and stays signed in over a reload until signed out", async () => {
    const { page, misdeeds } = watched;
    await page.goto(origin);
    await giveKey("fsk_wrong");
    await page.getByText("did not take that key").waitFor();
    await giveKey(key.secret);
    await page.locator("tbody tr").first().waitFor();
    expect(await listed()).toEqual([expect.stringContaining("of/first")]);

    await page.reload();
    await page.locator("tbody tr").first().waitFor();
    expect(await page.getByLabel("API key").count()).toBe(0);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").waitFor();
    await page.reload();
    await page.getByLabel("API key").waitFor();

    expect(await listed()).toEqual([]);
    expect((await page.context().cookies()).length).toBe(0);
    expect(await misdeeds()).toEqual([]);
  });

  it("keeps the key nowhere: no storage, no URL, no later request; the cookie is out of reach", async () => {
    const { page } = watched;
    const requests: string[] = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      const isSignIn = pathname === "/api/session" && request.method() === "POST";
      if (!isSignIn) requests.push(request.url() + JSON.stringify(request.headers()));
    });
    await page.goto(origin);
    await giveKey(key.secret);
    await page.locator("tbody tr").first().click();
    await page.getByRole("treeitem").first().waitFor();

    const kept = await page.evaluate(
      "document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }) + document.body.innerHTML",
    );
    const [cookie, ...more] = await page.context().cookies();

    expect(kept).toMatch(/^\{\}/);
    expect(kept + requests.join("")).not.toContain(key.secret.slice(4));
    expect(requests.length).toBeGreaterThan(3);
    expect(more).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/", secure: false });
    expect(cookie?.value).not.toContain(key.secret.slice(4));
  });

  it("shows nothing of one project to whoever signs in to another in the same browser", async () => {
    const second = await addKey("second");
    await postFlow(second.secret, "of/second");
    const { page } = watched;
    await page.goto(`${origin}/logs/shared`);
    await giveKey(key.secret);
    await page.getByRole("treeitem").first().waitFor();
    expect(await page.locator("main").textContent()).toContain("of/first");

    await page.getByRole("button", { name: "Sign out" }).click();
    await giveKey(second.secret);
    await page.getByRole("treeitem").first().waitFor();

    expect(await page.locator("#app").textContent()).toContain("of/second");
    expect(await page.locator("#app").textContent()).not.toContain("of/first");
    await page.getByRole("link", { name: "Traces" }).click();
    await page.locator("tbody tr").first().waitFor();
    expect(await listed()).toEqual([expect.stringContaining("of/second")]);
  });

  it("asks again as soon as the key is revoked", async () => {
    const revoked = await addKey("third");
    const { page } = watched;
    await page.goto(origin);
    await giveKey(revoked.secret);
    await page.getByText("Sign out").waitFor();

    await store.keys.revokeKey(revoked.id, 1);

    await page.getByLabel("API key").waitFor();
    expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(0);
  });

  it("gives a page of another port nothing: no read, no write, no sign-in, no sign-out", async () => {
    const { page } = watched;
    await page.goto(origin);
    await giveKey(key.secret);
    await page.locator("tbody tr").first().waitFor();
    const other = createHttpServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<title>other</title>");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;

    // Browsers send the cookie along: another port of one host is the same site to them.
    await page.goto(`http://127.0.0.1:${port}/`);
    const answers = await page.evaluate(`Promise.all([
      ["/api/traces", { mode: "cors" }],
      ["/api/traces", { mode: "no-cors" }],
      ["/v5/logs?id=shared", { method: "DELETE" }],
      ["/v5/flows/log", { method: "POST", mode: "no-cors", body: '{"path":"planted"}' }],
      ["/api/session", { method: "POST", mode: "no-cors", body: '{"key":"${key.secret}"}' }],
      ["/api/session", { method: "DELETE", headers: { "x-flowspan-csrf": "1" } }],
    ].map(([url, init]) => fetch("${origin}" + url, { credentials: "include", ...init }).then(
      (reply) => reply.text(), () => "blocked")))`);
    other.close();

    expect(answers).toEqual(Array.from({ length: 6 }, () => "blocked"));
    // The cookie came along, and was of no use.
    expect(fromElsewhere.sort()).toEqual([
      "GET /api/traces, cookie: 403",
      "GET /api/traces, cookie: 403",
      "OPTIONS /api/session, no cookie: 401",
      "OPTIONS /v5/logs?id=shared, no cookie: 401",
      "POST /api/session, cookie: 403",
      "POST /v5/flows/log, cookie: 403",
    ]);
    await page.goto(origin);
    await page.locator("tbody tr").first().waitFor();
    expect(await listed()).toEqual([expect.stringContaining("of/first")]);
  });
});
