import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

/** One `import`, `export from`, `import()` or `import("x").Type` of a source file. */
export type SourceImport = {
  /** The imported file from the same root as the importing one, or the package ("undici", "node:fs"). */
  readonly target: string;
  readonly external: boolean;
  /** `type`: erased by the compiler. `lazy`: `import()`, loaded when the line runs. */
  readonly kind: "value" | "type" | "lazy";
};

export type SourceFile = {
  /** From the root, with slashes: `record/flow.ts`. */
  readonly path: string;
  /** The first folder, or the file itself where it lies in none: `record`, `index.ts`. */
  readonly room: string;
  readonly lines: number;
  readonly imports: readonly SourceImport[];
  /** What the file takes from its surroundings: names such as `process`, `fetch`, `Date.now`. */
  readonly surroundings: readonly string[];
};

/** Every .ts and .tsx file under `root`, read. */
export function readSources(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path))
    .sort()
    .map((path) => readSource(path, readFileSync(`${root}/${path}`, "utf8")));
}

/** One file from its text. */
export function readSource(path: string, text: string): SourceFile {
  const imports: SourceImport[] = [];
  const surroundings = new Set<string>();
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push({ ...found, ...resolve(path, found.target) });
    const name = surroundingOf(node);
    if (name) surroundings.add(name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return {
    path,
    room: path.split("/")[0] ?? path,
    lines: text.trimEnd().split("\n").length,
    imports,
    surroundings: [...surroundings],
  };
}

/** The files that `entry` loads at once, itself included: what is reached over value imports. */
export function loadedBy(entry: string, files: readonly SourceFile[]): SourceFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const loaded = new Set<SourceFile>();
  const load = (path: string): void => {
    const file = byPath.get(path);
    if (!file || loaded.has(file)) return;
    loaded.add(file);
    for (const { target } of valueImports(file)) load(target);
  };
  load(entry);
  return [...loaded];
}

/** Every cycle that value imports close, as the paths along it. */
export function valueCycles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path]);
    if (done.has(path)) return;
    done.add(path);
    const file = byPath.get(path);
    for (const { target } of file ? valueImports(file) : []) walk(target, [...trail, path]);
  };
  for (const file of files) walk(file.path, []);
  return cycles;
}

function valueImports(file: SourceFile): SourceImport[] {
  return file.imports.filter((found) => found.kind === "value" && !found.external);
}

function importOf(node: ts.Node): Pick<SourceImport, "target" | "kind"> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const erased = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { target: node.moduleSpecifier.text, kind: erased ? "type" : "value" };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const target = (node.moduleSpecifier as ts.StringLiteral).text;
    return { target, kind: node.isTypeOnly ? "type" : "value" };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { target: (node.argument.literal as ts.StringLiteral).text, kind: "type" };
  }
  const called = ts.isCallExpression(node) ? node.arguments[0] : undefined;
  if (!called || !ts.isCallExpression(node)) return undefined;
  const loads =
    node.expression.kind === ts.SyntaxKind.ImportKeyword || isName(node.expression, "require");
  // A name put together at run time can't be judged: the rules see it as the package "?".
  return loads
    ? { target: ts.isStringLiteralLike(called) ? called.text : "?", kind: "lazy" }
    : undefined;
}

function resolve(from: string, specifier: string): Pick<SourceImport, "target" | "external"> {
  if (specifier.startsWith(".")) {
    return { target: posix.join(posix.dirname(from), specifier), external: false };
  }
  const parts = specifier.split("/");
  const target = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
  return { target: specifier.startsWith("node:") ? specifier : target, external: true };
}

const SURROUNDING_NAMES = new Set([
  "process",
  "performance",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "XMLHttpRequest",
  "WebSocket",
  "crypto",
  "require",
]);

/** A clock, the environment, the network or chance, where `node` is a use of one. */
function surroundingOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const name = `${node.expression.getText()}.${node.name.text}`;
    return name === "Date.now" || name === "Math.random" ? name : undefined;
  }
  if (ts.isNewExpression(node) && isName(node.expression, "Date") && !node.arguments?.length) {
    return "new Date()";
  }
  if (!ts.isIdentifier(node) || !SURROUNDING_NAMES.has(node.text)) return undefined;
  const { parent } = node;
  const isKey =
    (ts.isPropertyAccessExpression(parent) && parent.name === node && !isGlobal(parent)) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertySignature(parent) && parent.name === node) ||
    ts.isMethodSignature(parent);
  return isKey ? undefined : node.text;
}

function isGlobal(node: ts.PropertyAccessExpression): boolean {
  return isName(node.expression, "globalThis");
}

function isName(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}
