import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { capture } from "./run.mjs";

/**
 * Runs the tests of the recording's promises and prints them as a table from the tests' names:
 * one line a promise, with its four forms. `ok` stands for a promise that holds for `flow`,
 * `prompt` and `tool`, `ok (prompt)` for one that is about that one, `n/a` for a form that cannot
 * express it.
 * With `--docs` it also writes docs/promises.md. The exit code tells whether all of them hold.
 *
 * @typedef {Map<string, Map<string, Cell>>} Section promises by title, cells by form
 * @typedef {{ passed: string[], failed: string[], reason?: string }} Cell tests by the wrapper's name
 * @typedef {{ name: string, section: Section, file: string }} Part
 * @typedef {{ ancestorTitles: [string, string, string], title: string, status: string }} TestResult
 * @typedef {{ name: string, message: string, assertionResults: TestResult[] }} TestFile
 */
const FOLDER = "test/record/promises";
const FORMS = ["wrapper", ".run", "TC39 decorator", "legacy decorator"];

const root = fileURLToPath(new URL("..", import.meta.url));
const parts = readParts(await runTests());
const rows = parts.flatMap(({ section }) => [...section.values()]);
const results = rows.flatMap((row) => FORMS.map((form) => result(row.get(form))));
const failed = results.filter((text) => text === "FAILED").length;
const notApplicable = results.filter((text) => text === "n/a").length;
const tests = rows.flatMap((row) => [...row.values()]).flatMap((cell) => cell.passed);
const summary =
  `${rows.length} promises in ${FORMS.length} forms: ${results.length - failed - notApplicable} ok, ` +
  `${failed} FAILED, ${notApplicable} n/a (${tests.length} tests passed)`;

console.log(parts.map((part) => table(part, (name) => `## ${name}`)).join("\n\n"));
console.log(`\n${summary}`);
if (process.argv.includes("--docs")) {
  writeFileSync(join(root, "docs/promises.md"), document());
  console.log("written to docs/promises.md");
}
if (failed > 0 || rows.length === 0) process.exitCode = 1;

/** Runs vitest and gives what its JSON reporter says. */
async function runTests() {
  const file = join(tmpdir(), `flowspan-promises-${process.pid}.json`);
  const reporter = ["--reporter=json", `--outputFile=${file}`];
  const { output } = await capture("npx", ["vitest", "run", FOLDER, ...reporter], { cwd: root });
  try {
    if (!existsSync(file)) throw new Error(`vitest gave no result. It printed:\n${output}`);
    return JSON.parse(readFileSync(file, "utf8"));
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * The tests are named `section > promise > form > type`; others stand for no promise, but may
 * not fail either.
 *
 * @param {{ testResults: TestFile[] }} report
 * @returns {Part[]}
 */
function readParts({ testResults }) {
  /** @type {Map<string, Part>} */
  const byName = new Map();
  for (const { name: path, message, assertionResults } of testResults) {
    if (assertionResults.length === 0) throw new Error(`${path}: ${message}`);
    for (const { ancestorTitles, title, status } of assertionResults) {
      const [name, promise, form] = ancestorTitles;
      if (!FORMS.includes(form)) {
        if (status === "failed") throw new Error(`${path}: ${title}: failed`);
        continue;
      }
      const part = entry(byName, name, () => ({
        name,
        section: new Map(),
        file: relative(root, path),
      }));
      const row = entry(part.section, promise, () => new Map());
      const cell = entry(row, form, () => /** @type {Cell} */ ({ passed: [], failed: [] }));
      if (status === "passed" || status === "failed") cell[status].push(title);
      else cell.reason = title.replace(/^not applicable: /, "");
    }
  }
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * @template V
 * @param {Map<string, V>} map
 * @param {string} key
 * @param {() => V} make
 * @returns {V}
 */
function entry(map, key, make) {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/**
 * @param {Part} part
 * @param {(name: string, file: string) => string} heading
 */
function table({ name, section, file }, heading) {
  const reasons = new Set();
  const lines = [...section].map(([promise, row]) => {
    const results = FORMS.map((form) => result(row.get(form)));
    for (const form of FORMS) {
      const reason = row.get(form)?.reason;
      if (reason !== undefined) reasons.add(`${form}: ${reason}`);
    }
    return `| ${[promise.replaceAll("|", "\\|"), ...results].join(" | ")} |`;
  });
  const head = `| Promise | ${FORMS.join(" | ")} |\n|---|${FORMS.map(() => "---|").join("")}`;
  const notes = reasons.size === 0 ? "" : `\n\nn/a: ${[...reasons].join("; ")}.`;
  return `${heading(name, file)}\n\n${head}\n${lines.join("\n")}${notes}`;
}

/**
 * A form that was not run at all is a failure too.
 *
 * @param {Cell | undefined} cell
 */
function result(cell) {
  if (cell === undefined || cell.failed.length > 0) return "FAILED";
  if (cell.reason !== undefined) return "n/a";
  return cell.passed.length === 3 ? "ok" : `ok (${cell.passed.join(", ")})`;
}

function document() {
  const tables = parts.map((part) =>
    table(part, (name, file) => `## ${name}\n\nTested by [\`${file}\`](../${file}).`),
  );
  return `# What recording promises

Each line is a named test, run for \`flow\`, \`prompt\` and \`tool\`, as wrapper, as \`.run\`, and as decorator under both
standards; the few that are about one or two of the three name them. \`node scripts/promises.mjs --docs\` writes the
tables from the tests' names.

${summary}.

${tables.join("\n\n")}
`;
}
