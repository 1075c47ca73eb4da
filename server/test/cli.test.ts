import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runFlowspan } from "./flowspan-process.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowspan-cli-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const data = () => join(folder, "data");

describe("flowspan serve", () => {
  it("prints its address and the line to export when it is ready, and answers", async () => {
    const running = runFlowspan(["serve", "--port", "0", "--data", data()]);
    const url = await running.ready();

    const reply = await fetch(`${url}/v5/flows?size=1`);

    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("flowspan-batch")).toBe("1");
    running.child.kill("SIGTERM");
    expect((await running.ended).stdout).toBe(
      `flowspan listening on ${url}\nexport FLOWSPAN_URL=${url}/v5\n` +
        `export OTEL_EXPORTER_OTLP_ENDPOINT=${url}\n`,
    );
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends with code 0 at %s and keeps its logs",
    async (signal) => {
      const first = runFlowspan(["serve", "--port", "0", "--data", data()]);
      const body = JSON.stringify({ path: "f", log_id: "kept" });
      await fetch(`${await first.ready()}/v5/flows/log`, { method: "POST", body });

      first.child.kill(signal);
      const ended = await first.ended;
      const second = runFlowspan(["serve", "--port", "0", "--data", data()]);
      const reply = await fetch(`${await second.ready()}/v5/logs/kept`);

      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(reply.status).toBe(200);
    },
  );

  it.each([
    ["--api-key", ["--api-key", "k"], {}],
    ["FLOWSPAN_API_KEY", [], { FLOWSPAN_API_KEY: "k" }],
  ])("asks for the key of %s", async (_, args, env) => {
    const running = runFlowspan(["serve", "--port", "0", "--data", data(), ...args], env);
    const url = await running.ready();

    const without = await fetch(`${url}/v5/flows`);
    const withKey = await fetch(`${url}/v5/flows`, { headers: { "X-API-KEY": "k" } });

    expect([without.status, withKey.status]).toEqual([401, 200]);
  });

  it("listens on another address with a key", async () => {
    const args = ["serve", "--port", "0", "--data", data(), "--host", "0.0.0.0"];

    const refused = await runFlowspan(args).ended;
    const url = await runFlowspan([...args, "--api-key", "k"]).ready();

    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^flowspan: host: [^\n]+without a key[^\n]+\n$/);
    expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  });
});

describe("bad input: one clear line, exit code 1, nothing changed on disk", () => {
  it("a port in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;

    const ended = await runFlowspan(["serve", "--port", `${port}`, "--data", data()]).ended;
    other.close();

    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^flowspan: port: [^\n]+EADDRINUSE[^\n]+\n$/);
    expect(existsSync(data())).toBe(false);
  });

  it("a data folder that is a file", async () => {
    writeFileSync(data(), "mine");

    const ended = await runFlowspan(["serve", "--port", "0", "--data", data()]).ended;

    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^flowspan: data folder: [^\n]+\n$/);
    expect(readdirSync(folder)).toEqual(["data"]);
  });

  it.each([
    [[], /expected a command/],
    [["srve"], /unknown command "srve"/],
    [["serve", "now"], /unknown argument "now"/],
    [["serve", "--prot", "1"], /--prot/],
    [["serve", "--port", "x"], /--port: expected a number from 0 to 65535, got "x"/],
    [["serve", "--port", "65536"], /got "65536"/],
    [["serve", "--port"], /--port/],
    [["serve", "--api-key", ""], /--api-key: expected a key/],
    [["serve", "--host", "host.invalid", "--api-key", "k"], /host\.invalid/],
  ])("%j", async (args, message) => {
    const ended = await runFlowspan([...args, "--data", data()]).ended;

    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toMatch(/^flowspan: [^\n]+\n$/);
    expect(existsSync(data())).toBe(false);
  });

  it("--help is none", async () => {
    const all = await runFlowspan(["--help"]).ended;
    const one = await runFlowspan(["serve", "--port", "x", "--help"]).ended;

    expect(all).toMatchObject({ code: 0, stderr: "" });
    expect(all.stdout).toMatch(/^Usage: flowspan COMMAND/);
    expect(all.stdout).toMatch(/\n {2}serve {3}\w.*\n {2}keys {4}\w/);
    expect(one).toMatchObject({ code: 0, stderr: "" });
    expect(one.stdout).toContain("Usage: flowspan serve");
    expect(one.stdout).toContain("--port");
  });
});
