import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const TESTS = fileURLToPath(new URL("..", import.meta.url));
const PAGE = readFileSync(join(TESTS, "../docs/compared.md"), "utf8");

/**
 * The titles of a test file's tests, as patterns: `%s` stands for what a table fills in. Titles of
 * little else are left out, since they would stand for any.
 */
function titlesOf(file: string): readonly RegExp[] {
  const source = readFileSync(file, "utf8");
  // A test's title is the first string of its call, also behind the table of `it.each`.
  const calls = source.matchAll(/^\s*(?:it\(|\]\)\()\s*"((?:[^"\\]|\\.)*)"/gm);
  const told = [...calls].filter(([, title = ""]) => title.replaceAll("%s", "").length > 9);
  return told.map(([, title = ""]) => {
    const escaped = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${escaped.replaceAll("%s", ".+")}$`);
  });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(folder, file));
}

/** Rows of the tables whose last column is `Test`. */
function comparedRows(): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let isCompared = false;
  for (const line of PAGE.split("\n")) {
    const cells = line.split(" | ").map((cell) => cell.replace(/^\||\|$/g, "").trim());
    if (!line.startsWith("|")) isCompared = false;
    else if (cells.at(-1) === "Test") isCompared = true;
    else if (isCompared && !/^\|[ |-]+$/.test(line)) rows.push(cells);
  }
  return rows;
}

const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

describe("docs/compared.md", () => {
  const rows = comparedRows();

  it("names for each of its lines a test that exists, or says that there is none yet", () => {
    const titles = filesBelow(TESTS).flatMap(titlesOf);
    const named = rows.flatMap((cells) => codeIn(cells.at(-1) ?? ""));
    const without = rows.filter((cells) => codeIn(cells.at(-1) ?? "").length === 0);

    expect(rows.length).toBeGreaterThan(55);
    expect(named.filter((name) => !titles.some((title) => title.test(name)))).toEqual([]);
    expect(without.map((cells) => cells.at(-1)).filter((cell) => cell !== "not yet")).toEqual([]);
  });

  it("leaves out none of the tests that stand beside this one", () => {
    const here = fileURLToPath(new URL(".", import.meta.url));
    const files = filesBelow(here).filter((file) => !file.endsWith("compared.test.ts"));
    const titles = files.flatMap(titlesOf);
    const named = codeIn(PAGE);

    expect(titles.length).toBeGreaterThan(60);
    expect(titles.filter((title) => !named.some((name) => title.test(name))).map(String)).toEqual(
      [],
    );
  });

  it("has every report's link in the form that GitHub uses", () => {
    const links = [...PAGE.matchAll(/\[([^\]]+)#(\d+)\]\(([^)]+)\)|\[#(\d+)\]\(([^)]+)\)/g)];

    expect(links.length).toBeGreaterThan(40);
    for (const [text, , number, url, short, shortUrl] of links) {
      expect(url ?? shortUrl, text).toMatch(
        new RegExp(`^https://github\\.com/[\\w.-]+/[\\w.-]+/(issues|pull)/${number ?? short}$`),
      );
    }
  });
});
