import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/**
 * Two rules that no linter holds for us: the public types use `any` once at most, on the alias that decorators need,
 * and nothing in the tree silences the type checker or lists a registry.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const offences = [...anysInPublicTypes(), ...silencedChecks(), ...registryHosts()];
for (const offence of offences) console.log(offence);
console.log(offences.length === 0 ? "The rules hold." : `${offences.length} offences.`);
process.exitCode = offences.length === 0 ? 0 : 1;

/** TypeScript infers a method's own type through a decorator only where the constraint's parameters are `any`. */
function anysInPublicTypes() {
  const allowed = "AnyFunction";
  const files = ["dist", "server/dist"]
    .filter((folder) => existsSync(root + folder))
    .flatMap((folder) =>
      readdirSync(root + folder, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".d.ts"))
        .map((path) => `${folder}/${path}`),
    );
  if (files.length === 0) return ["dist holds no .d.ts file. Run npm run build."];
  return files.flatMap((path) => {
    const source = parse(path);
    const found = anysIn(source).filter((node) => aliasOf(node) !== allowed);
    return found.map((node) => `${path}:${lineOf(source, node)}: any in a public type`);
  });
}

/** @param {string} path */
function parse(path) {
  return ts.createSourceFile(path, readFileSync(root + path, "utf8"), ts.ScriptTarget.Latest, true);
}

/**
 * @param {ts.Node} node
 * @returns {ts.Node[]}
 */
function anysIn(node) {
  const below = node.getChildren().flatMap(anysIn);
  return node.kind === ts.SyntaxKind.AnyKeyword ? [node, ...below] : below;
}

/**
 * The type alias that a node stands in, if any.
 *
 * @param {ts.Node} node
 */
function aliasOf(node) {
  return ts.findAncestor(node, ts.isTypeAliasDeclaration)?.name.text;
}

/**
 * @param {ts.SourceFile} source
 * @param {ts.Node} node
 */
function lineOf(source, node) {
  return source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function silencedChecks() {
  const silencing = /@ts-(?:ignore|nocheck)/;
  return trackedFiles((path) => /\.[cm]?[jt]sx?$/.test(path)).flatMap((path) =>
    readFileSync(root + path, "utf8")
      .split("\n")
      .flatMap((line, index) =>
        silencing.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

/** A lockfile with a host in it installs from that host only. */
function registryHosts() {
  return trackedFiles((path) => path.endsWith("package-lock.json")).flatMap((path) => {
    const count = readFileSync(root + path, "utf8").match(/"resolved": "https?:/g)?.length ?? 0;
    return count > 0 ? [`${path}: ${count} entries name a registry host`] : [];
  });
}

/** @param {(path: string) => boolean} filter */
function trackedFiles(filter) {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root });
  const paths = listed.toString().split("\n").filter(filter);
  return paths.filter((path) => existsSync(root + path));
}
