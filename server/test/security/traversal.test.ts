import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen } from "./raw-http.ts";

const SECRET = "not for you";

/** A built page beside files that are none of its own. */
function buildPage(): string {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "ui", "assets"), { recursive: true });
  mkdirSync(join(folder, "ui-private"));
  writeFileSync(join(folder, "secret.txt"), SECRET);
  writeFileSync(join(folder, "ui-private", "secret.txt"), SECRET);
  writeFileSync(join(folder, "ui", ".env"), SECRET);
  writeFileSync(join(folder, "ui", "index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(folder, "ui", "assets", "page.js"), "export {};");
  symlinkSync(join(folder, "secret.txt"), join(folder, "ui-private", "link.txt"));
  return join(folder, "ui");
}

it.each([
  "/../secret.txt",
  "/../ui-private/secret.txt",
  "/assets/../../secret.txt",
  "/./../secret.txt",
  "/%2e%2e/secret.txt",
  "/.%2e/secret.txt",
  "/%2E%2E%2Fsecret.txt",
  "/assets/..%2f..%2fsecret.txt",
  "/%252e%252e/secret.txt",
  "/%252e%252e%252fsecret.txt",
  "/..\\secret.txt",
  "/..%5csecret.txt",
  "/assets\\..\\..\\secret.txt",
  "/....//secret.txt",
  "/..;/secret.txt",
  "/%c0%ae%c0%ae/secret.txt",
  "/%e0%80%ae%e0%80%ae/secret.txt",
  "/\u00ef\u00bc\u008e\u00ef\u00bc\u008e/secret.txt",
  "/secret.txt%00.html",
  "/%00../secret.txt",
  "/index.html%00",
  "/index.html/../../secret.txt",
  "//secret.txt",
  "//../secret.txt",
  "///../secret.txt",
  "/assets/page.js/../../../secret.txt",
  "/assets/page.js%2f..%2f..%2f..%2fsecret.txt",
  "/../ui-private/link.txt",
  "/.env",
  "/assets/",
  "/assets",
  "/C:/secret.txt",
  "/file:///etc/passwd",
  "/etc/passwd",
  "/logs/../../secret.txt",
  "/logs/%2e%2e%2f%2e%2e%2fsecret.txt",
  "/logs/..%5c..%5csecret.txt",
])("serves the page's own files and nothing else for %s", async (target) => {
  const { port } = await listen({ pageDir: buildPage() });

  const came = await exchange(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 1);
  const [answer] = came.answers;

  record(`GET ${target}`, inWords(came));
  expect(JSON.stringify(came)).not.toContain(SECRET);
  expect(JSON.stringify(came)).not.toContain("root:");
  // A log may have such an id: then it is the page, which asks for that log.
  if (answer?.status === 200)
    expect([target, answer.body]).toEqual([
      expect.stringContaining("/logs/"),
      expect.stringContaining("<title>page</title>"),
    ]);
  else expect(answer?.status).toBeGreaterThanOrEqual(400);
});
