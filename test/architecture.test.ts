import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { SourceFile } from "./source-graph.ts";
import { loadedBy, readSource, readSources, valueCycles } from "./source-graph.ts";

/**
 * The floors of ARCHITECTURE.md: which rooms a room may import, and which packages and Node modules. A room that is
 * not listed may not exist; whatever is not listed may not be imported, as a type neither.
 */
const ROOMS: Record<string, { rooms: string[]; packages: string[] }> = {
  base: { rooms: [], packages: [] },
  providers: { rooms: ["base"], packages: [] },
  dialects: { rooms: ["base"], packages: [] },
  pricing: { rooms: ["base"], packages: ["@pydantic/genai-prices", "tokenx"] },
  assemble: { rooms: ["dialects", "base"], packages: [] },
  client: { rooms: ["base"], packages: ["node:util", "node:zlib", "undici"] },
  deliver: {
    rooms: ["client", "base"],
    packages: [
      "@opentelemetry/api",
      "node:crypto",
      "node:fs",
      "node:fs/promises",
      "node:os",
      "node:path",
      "node:timers/promises",
      "node:util",
      "node:zlib",
    ],
  },
  collect: { rooms: ["assemble", "base"], packages: ["@opentelemetry/api"] },
  spans: { rooms: ["providers", "base"], packages: ["@opentelemetry/api"] },
  fetch: {
    rooms: ["spans", "providers", "base"],
    packages: ["@opentelemetry/api", "eventsource-parser"],
  },
  record: { rooms: ["spans", "providers", "base"], packages: ["@opentelemetry/api"] },
  otel: {
    rooms: ["collect", "deliver", "client", "assemble", "pricing", "base"],
    packages: ["@opentelemetry/api", "node:crypto", "node:os", "node:path", "node:timers/promises"],
  },
  node: {
    rooms: [
      "otel",
      "record",
      "fetch",
      "spans",
      "collect",
      "deliver",
      "client",
      "assemble",
      "pricing",
      "base",
    ],
    packages: [
      "@opentelemetry/api",
      "@opentelemetry/context-async-hooks",
      "@opentelemetry/core",
      "@opentelemetry/exporter-trace-otlp-http",
      "@opentelemetry/resources",
      "@opentelemetry/sdk-trace-base",
      "node:module",
      "node:path",
      "node:worker_threads",
    ],
  },
  testing: {
    rooms: ["otel", "collect", "base"],
    packages: [
      "@opentelemetry/api",
      "@opentelemetry/context-async-hooks",
      "@opentelemetry/sdk-trace-base",
    ],
  },
  "index.ts": { rooms: ["record", "spans", "base"], packages: [] },
};

const PURE_ROOMS = ["assemble", "dialects", "providers", "base"];
const MAX_LINES = 400;

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = readSources(`${root}src`);

describe("the floors of src/", () => {
  it("are imported downward only, and each room takes only the packages it may", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap(forbiddenImports)).toEqual([]);
  });

  it("keep the pure rooms without clock, environment, network and chance", () => {
    expect(sources.flatMap(impurities)).toEqual([]);
  });

  it('let `import "flowspan"` load no package but the OpenTelemetry API', () => {
    const entry = loadedBy("index.ts", sources);

    expect(entry.length).toBeGreaterThan(5);
    expect(packagesOf(entry)).toEqual(["@opentelemetry/api"]);
  });

  it.each(["otel/index.ts", "node/index.ts"])(
    "let %s load the prices when they are needed",
    (entry) => {
      const loaded = packagesOf(loadedBy(entry, sources));

      expect(loaded).toContain("undici");
      expect(loaded).not.toContain("@pydantic/genai-prices");
      expect(loaded).not.toContain("tokenx");
    },
  );

  it.each(["src", "server/src", "server/ui"])("close no cycle of value imports in %s", (folder) => {
    expect(valueCycles(readSources(root + folder))).toEqual([]);
  });

  it.each(["src", "server/src", "server/ui"])("hold no file over 400 lines in %s", (folder) => {
    expect(readSources(root + folder).flatMap(tooLong)).toEqual([]);
  });
});

describe("the rules bite:", () => {
  it.each([
    ["an upward import", "base/a.ts", `import { x } from "../record/flow.ts";`, "record"],
    ["a type from above", "base/a.ts", `import type { X } from "../record/flow.ts";`, "record"],
    ["an inline type from above", "base/a.ts", `type X = import("../otel/x.ts").X;`, "otel"],
    ["a re-export from above", "base/a.ts", `export { x } from "../record/flow.ts";`, "record"],
    ["a lazy import from above", "base/a.ts", `await import("../node/index.ts");`, "node"],
    ["record meeting deliver", "record/a.ts", `import "../deliver/queue.ts";`, "deliver"],
    ["fetch meeting client", "fetch/a.ts", `import "../client/index.ts";`, "client"],
    ["collect meeting deliver", "collect/a.ts", `import "../deliver/queue.ts";`, "deliver"],
    ["deliver meeting collect", "deliver/a.ts", `import "../collect/trees.ts";`, "collect"],
    ["a package of another room", "record/a.ts", `import { request } from "undici";`, "undici"],
    ["a Node module in a pure room", "assemble/a.ts", `import "node:fs";`, "node:fs"],
    [
      "a subpath of a package",
      "record/a.ts",
      `import "@opentelemetry/core/x";`,
      "@opentelemetry/core",
    ],
    ["a computed import", "record/a.ts", "await import(name);", "?"],
    ["a room nobody planned", "shed/a.ts", "export {};", "shed"],
  ])("%s", (_title, path, text, offender) => {
    const violations = forbiddenImports(readSource(path, text));

    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(offender);
  });

  it.each([
    ["Date.now", "const t = Date.now();"],
    ["new Date()", "const t = new Date();"],
    ["Math.random", "const t = Math.random();"],
    ["process", "const e = process.env;"],
    ["process", "const e = globalThis.process;"],
    ["performance", "performance.now();"],
    ["fetch", `await fetch("/");`],
    ["setTimeout", "setTimeout(() => {}, 1);"],
    ["crypto", "crypto.randomUUID();"],
  ])("%s in a pure room", (name, text) => {
    expect(impurities(readSource("assemble/a.ts", text))).toEqual([`assemble/a.ts uses ${name}`]);
    expect(impurities(readSource("node/a.ts", text))).toEqual([]);
  });

  it("a date that is given, and a key of that name, are no clock", () => {
    const text = `const t = new Date(0); const o = { process: 1, fetch: 2 }; o.process;`;

    expect(impurities(readSource("assemble/a.ts", text))).toEqual([]);
  });

  it("a cycle of value imports, not one that a type closes", () => {
    const a = readSource("base/a.ts", `import { b } from "./b.ts";`);
    const b = readSource("base/b.ts", `import { c } from "./c.ts";`);
    const value = readSource("base/c.ts", `export { a } from "./a.ts";`);
    const type = readSource("base/c.ts", `import type { A } from "./a.ts";`);

    expect(valueCycles([a, b, value])).toEqual([
      ["base/a.ts", "base/b.ts", "base/c.ts", "base/a.ts"],
    ]);
    expect(valueCycles([a, b, type])).toEqual([]);
  });

  it("a package that the entry loads, over any number of files", () => {
    const entry = readSource("index.ts", `export { a } from "./record/a.ts";`);
    const heavy = readSource("record/a.ts", `import { request } from "undici";`);
    const lazy = readSource("record/a.ts", `const load = () => import("undici");`);

    expect(packagesOf(loadedBy("index.ts", [entry, heavy]))).toEqual(["undici"]);
    expect(packagesOf(loadedBy("index.ts", [entry, lazy]))).toEqual([]);
  });

  it("a file of 401 lines", () => {
    expect(tooLong(readSource("base/a.ts", "\n".repeat(400).concat("x")))).toHaveLength(1);
    expect(tooLong(readSource("base/a.ts", "\n".repeat(399).concat("x\n")))).toEqual([]);
  });
});

function forbiddenImports(file: SourceFile): string[] {
  const allowed = ROOMS[file.room];
  if (!allowed) return [`${file.path} lies in a room without rules: ${file.room}`];
  return file.imports
    .map(({ target, external }) => (external ? target : (target.split("/")[0] ?? target)))
    .filter((name) => name !== file.room && ![...allowed.rooms, ...allowed.packages].includes(name))
    .map((name) => `${file.path} imports ${name}`);
}

function impurities(file: SourceFile): string[] {
  if (!PURE_ROOMS.includes(file.room)) return [];
  return file.surroundings.map((name) => `${file.path} uses ${name}`);
}

function packagesOf(files: readonly SourceFile[]): string[] {
  const loaded = files.flatMap((file) => file.imports).filter(({ kind }) => kind === "value");
  return [...new Set(loaded.filter(({ external }) => external).map(({ target }) => target))].sort();
}

function tooLong(file: SourceFile): string[] {
  return file.lines > MAX_LINES ? [`${file.path} has ${file.lines} lines`] : [];
}
