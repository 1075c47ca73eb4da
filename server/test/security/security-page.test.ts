import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PAGE = readFileSync(join(ROOT, "SECURITY.md"), "utf8");

/**
 * A test's title is the first string of its call, also behind the table of `it.each`. A `promise`
 * in test/record/promises is a test for every way to wrap a function.
 */
const TITLE = /(?:^\s*(?:it|promise)(?:\.each\([^\n]*\))?\(|^\s*\]\)\()\s*"((?:[^"\\]|\\.)*)"/gm;

/** The titles of a file's tests, as patterns: `%s` and its like stand for what a table fills in. */
function titlesOf(file: string): readonly RegExp[] {
  const titles = [...readFileSync(file, "utf8").matchAll(TITLE)].map(([, title = ""]) => title);
  // A title of little else would stand for any.
  const told = titles.filter((title) => title.replace(/%\S+/g, "").length > 9);
  return told.map((title) => {
    const escaped = title.replace(/\\"/g, '"').replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${escaped.replace(/%(\\\.\d+)?[sjid]/g, ".+")}$`);
  });
}

function testsBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(ROOT, folder, file));
}

/** The rows of promises: those of tables whose last column is `Test`. */
function promises(): readonly string[] {
  const tables = PAGE.split(/\n(?!\|)/).filter((part) => /\| Test +\|\n/.test(part));
  return tables.flatMap((table) => table.trim().split("\n").slice(2));
}

/** The tests that the promises name, in their last column. */
function namedTests(): readonly string[] {
  const last = promises().map((row) => row.split(" | ").at(-1) ?? "");
  return last.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

describe("SECURITY.md", () => {
  const titles = [...testsBelow("test"), ...testsBelow("server/test")].flatMap(titlesOf);
  const named = namedTests();

  it("names for each of its promises a test that exists", () => {
    expect(promises().length).toBeGreaterThan(30);
    expect(promises().filter((row) => !/`[^`]+` +\|$/.test(row))).toEqual([]);
    expect(named.filter((name) => !titles.some((title) => title.test(name)))).toEqual([]);
  });

  it("leaves out none of the tests that attack the server", () => {
    const attacks = testsBelow("server/test/security")
      .filter((file) => !file.endsWith("security-page.test.ts"))
      .flatMap(titlesOf);

    expect(attacks.length).toBeGreaterThan(50);
    expect(attacks.filter((title) => !named.some((name) => title.test(name))).map(String)).toEqual(
      [],
    );
  });
});
