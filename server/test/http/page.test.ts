import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startTestServer } from "./test-server.ts";

function buildPage(): string {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "ui", "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "not for you");
  writeFileSync(join(folder, "ui", "index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(folder, "ui", "assets", "page.js"), "export {};");
  return join(folder, "ui");
}

it("serves the page at / and for every log, with a strict policy", async () => {
  const { server } = await startTestServer({ pageDir: buildPage(), apiKey: "k" });

  for (const url of ["/", "/logs/log_1", "/logs/a%2Fb"]) {
    const reply = await server.inject(url);
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toContain("<title>page</title>");
    expect(reply.headers["content-type"]).toContain("text/html");
    expect(reply.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(reply.headers["content-security-policy"]).not.toContain("unsafe");
    expect(reply.headers["referrer-policy"]).toBe("no-referrer");
  }
  const script = await server.inject("/assets/page.js");
  expect(script.headers["content-type"]).toContain("javascript");
});

it("serves nothing outside the page's folder, and leaves the API where it is", async () => {
  const { server } = await startTestServer({ pageDir: buildPage() });

  for (const url of ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"]) {
    const reply = await server.inject(url);
    expect(reply.statusCode).toBeGreaterThanOrEqual(400);
    expect(reply.body).not.toContain("not for you");
  }
  expect((await server.inject("/v5/nowhere")).json()).toHaveProperty("detail");
  expect((await server.inject("/v5/flows")).statusCode).toBe(200);
});

it("answers 404 at / where no page is built", async () => {
  const { server } = await startTestServer({ pageDir: "/nowhere" });

  expect((await server.inject("/")).statusCode).toBe(404);
});
