// Asks the registry whether what is installed at run time has known weaknesses. Prints one line. Exits with 1 on a
// finding, or where nothing was learned; a registry that has no audit endpoint is "not applicable".
import { spawnSync } from "node:child_process";

/** What a registry answers that has no such endpoint: no such path, or no such method. */
const NO_ENDPOINT = new Set(["404", "405", "501"]);

const { stdout, stderr } = spawnSync("npm", ["audit", "--omit=dev", "--json"], {
  encoding: "utf8",
  shell: process.platform === "win32",
});
const { line, isFine } = judge(stdout, stderr);
console.log(line);
process.exitCode = isFine ? 0 : 1;

/** @param {string} text @param {string} errors */
function judge(text, errors) {
  const report = parse(text);
  const found = report?.metadata?.vulnerabilities;
  if (typeof found?.total === "number") {
    if (found.total === 0)
      return { line: "no known weakness in run-time dependencies", isFine: true };
    const names = Object.keys(report.vulnerabilities ?? {}).join(", ");
    return {
      line: `${found.total} known weaknesses in run-time dependencies: ${names}`,
      isFine: false,
    };
  }
  const status = String(report?.statusCode ?? /\baudit (\d{3}) /.exec(errors)?.[1]);
  if (NO_ENDPOINT.has(status)) {
    const line = `not applicable: the registry has no audit endpoint (it answers ${status})`;
    return { line, isFine: true };
  }
  return {
    line: `npm audit gave no report: ${firstLine(report?.message ?? errors)}`,
    isFine: false,
  };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {unknown} text */
function firstLine(text) {
  return String(text).trim().split("\n")[0] || "no reason given";
}
