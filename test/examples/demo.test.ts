import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const document = `# Ferry guide

The harbour opens at six in the morning. Dogs are welcome.

## Fares

A single ticket costs four crowns. Children under seven travel free.

## Storms

In a storm the ferries stay in the harbour, and tickets are paid back at the kiosk.
`;

let folder: string;
let file: string;

type BuildModule = { buildIfNeeded(): Promise<void> };

beforeAll(async () => {
  const { buildIfNeeded } = (await import(`${root}scripts/build-if-needed.mjs`)) as BuildModule;
  await buildIfNeeded();
  folder = mkdtempSync(join(tmpdir(), "flowspan-demo-test-"));
  file = join(folder, "ferry.md");
  writeFileSync(file, document);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the demo with a temporary directory of its own, so that what it leaves behind is seen. */
function runDemo(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["scripts/demo.mjs", ...args], {
    cwd: root,
    env: { ...process.env, OPENAI_API_KEY: "", TMPDIR: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { out: "", err: "" };
  child.stdout.on("data", (part) => (printed.out += part));
  child.stderr.on("data", (part) => (printed.err += part));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, ...printed }));
  });
  return { child, printed, ended };
}

describe("npm run demo", () => {
  it("answers from the file and prints the complete trace that the server holds", async () => {
    const { ended } = runDemo([file, "What happens to tickets in a storm?", "--exit"]);
    const { code, out, err } = await ended;

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("no language model");
    expect(out).toContain("tickets are paid back at the kiosk.");
    expect(out).toMatch(/Flow ReadingAgent\/run +\d+ ms +complete/);
    expect(out).toMatch(/[├└]─ Tool ReadingAgent\/outline +<?\d+ ms/);
    expect(out).toMatch(
      /[├└]─ Prompt ReadingAgent\/plan \(extractive-offline\) +\d+ ms +\d+ -> \d+ tokens/,
    );
    expect(out).toMatch(/[├└]─ Tool ReadingAgent\/search +<?\d+ ms/);
    expect(out).toMatch(
      /[├└]─ Prompt ReadingAgent\/write \(extractive-offline\) +\d+ ms +\d+ -> \d+ tokens/,
    );
    expect(readdirSync(folder)).toEqual(["ferry.md"]);
  });

  it("answers another question otherwise", async () => {
    const { ended } = runDemo([file, "What does a single ticket cost?", "--exit"]);

    expect((await ended).out).toContain("A single ticket costs four crowns.");
  });

  it("keeps the trace's page open until it is interrupted", async () => {
    const { child, printed, ended } = runDemo([file, "Are dogs welcome?"]);
    await expect.poll(() => printed.out, { timeout: 15_000 }).toContain("until Ctrl-C");
    const page = printed.out.match(/Page: +(\S+)/)?.[1] ?? "";
    const answer = await fetch(page);
    child.kill("SIGINT");

    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect((await ended).code).toBe(0);
    await expect(fetch(page)).rejects.toThrow("fetch failed");
    expect(readdirSync(folder)).toEqual(["ferry.md"]);
  });

  it("says in one line what a provider that refuses said, and still shows the trace", async () => {
    const { ended } = runDemo([file, "Are dogs welcome?", "--exit"], {
      OPENAI_API_KEY: "wrong",
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      OPENAI_MODEL: "some-model",
    });
    const { code, out, err } = await ended;

    expect(code).toBe(1);
    expect(err).toMatch(/^demo: .*connection error.*\n$/i);
    expect(out).toContain("some-model at http://127.0.0.1:9/v1");
    expect(out).toMatch(/Flow ReadingAgent\/run .*complete +error: /);
  });
});

describe("npm run demo with bad input", () => {
  it.each([
    ["a file that is not there", ["no-such-file.md", "?"], /no-such-file\.md \(ENOENT\)/],
    ["a folder", [tmpdir(), "?"], /\(EISDIR\)/],
    ["a file without a question", ["README.md"], /expected a question after the file/],
    ["too many arguments", ["a", "b", "c"], /expected one file and one question/],
  ])("says in one line what is wrong with %s", async (_title, args, message) => {
    const { code, out, err } = await runDemo([...args, "--exit"]).ended;

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("says in one line that a file is empty", async () => {
    const empty = join(mkdtempSync(join(folder, "empty-")), "empty.md");
    writeFileSync(empty, " \n");
    const { code, err } = await runDemo([empty, "?", "--exit"]).ended;
    rmSync(join(empty, ".."), { recursive: true });

    expect(code).toBe(1);
    expect(err).toMatch(/^demo: expected a text, got an empty file.*\n$/);
  });
});
