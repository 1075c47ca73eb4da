import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { checkPackages } from "../../src/doctor/check-packages.ts";
import { satisfiesRange } from "../../src/doctor/satisfies-range.ts";

const NODE = "22.15.0";
const API = "@opentelemetry/api";
const REAL_API = fileURLToPath(new URL(`../../../node_modules/${API}`, import.meta.url));

/** A project with flowspan and a real copy of the API. */
function makeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  addPackage(folder, "flowspan", { version: "1.2.3" });
  copyApi(folder);
  return folder;
}

function addPackage(folder: string, name: string, more: object): string {
  const path = join(folder, "node_modules", name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), JSON.stringify({ name, ...more }));
  return path;
}

function copyApi(folder: string, version?: string): void {
  const path = join(folder, "node_modules", API);
  cpSync(REAL_API, path, { recursive: true });
  if (version === undefined) return;
  writeFileSync(join(path, "package.json"), JSON.stringify({ name: API, version }));
}

/** What is said beside "ok". */
function complaints(folder: string, node = NODE): string[] {
  return checkPackages(folder, node)
    .filter(({ level }) => level !== "ok")
    .map(({ level, text }) => `${level}: ${text}`);
}

it("finds nothing wrong where everything fits, and says what is there", () => {
  const folder = makeProject();

  const findings = checkPackages(folder, NODE);

  expect(findings.every(({ level }) => level === "ok")).toBe(true);
  expect(findings.map(({ text }) => text)).toEqual([
    "Node 22.15.0",
    "flowspan 1.2.3",
    "one @opentelemetry/api, 1.9.1",
  ]);
});

it("names copies of the API of several versions, with their places, until there is one", () => {
  const folder = makeProject();
  const inner = addPackage(folder, "some-sdk", { version: "1.0.0" });
  copyApi(inner, "1.8.0");

  const before = complaints(folder);
  rmSync(join(inner, "node_modules"), { recursive: true });
  const after = complaints(folder);

  expect(before).toEqual([
    `problem: 2 copies of ${API}: 1.9.1 in node_modules/${API}, 1.8.0 in node_modules/some-sdk/node_modules/${API}`,
  ]);
  expect(after).toEqual([]);
});

it("only warns of copies of one version", () => {
  const folder = makeProject();
  copyApi(addPackage(folder, "@scope/sdk", { version: "1.0.0" }));

  expect(complaints(folder)).toEqual([
    `warning: 2 copies of ${API}: 1.9.1 in node_modules/${API}, 1.9.1 in node_modules/@scope/sdk/node_modules/${API}`,
  ]);
});

it("sees copies in the folders above, as Node does", () => {
  const folder = makeProject();
  const inner = join(folder, "packages", "app");
  mkdirSync(inner, { recursive: true });
  copyApi(inner, "1.4.0");

  expect(complaints(inner)).toEqual([
    `problem: 2 copies of ${API}: 1.9.1 in ../../node_modules/${API}, 1.4.0 in node_modules/${API}`,
  ]);
});

it("names an SDK that takes another API, until the right one is there", () => {
  const folder = makeProject();
  const name = "@opentelemetry/sdk-trace";
  addPackage(folder, name, { version: "3.1.1", peerDependencies: { [API]: ">=1.10.0 <1.11.0" } });

  const before = complaints(folder);
  copyApi(folder, "1.10.0");
  const after = complaints(folder);

  expect(before).toEqual([
    `warning: ${name} 3.1.1 expects ${API} >=1.10.0 <1.11.0, and gets 1.9.1`,
  ]);
  expect(after).toEqual([]);
});

it("names packages that don't support this Node", () => {
  const folder = makeProject();
  const engines = { node: ">=22.15.0" };
  addPackage(folder, "@opentelemetry/core", { version: "3.1.1", engines });

  expect(complaints(folder, "20.20.2")).toEqual([
    "warning: Node 20.20.2 is not supported by @opentelemetry/core 3.1.1",
  ]);
  expect(complaints(folder, "22.15.0")).toEqual([]);
});

it("names what is not installed, and a Node that is too old", () => {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));

  expect(complaints(folder, "18.20.0")).toEqual([
    "problem: Node 18.20.0 is too old for flowspan",
    "problem: flowspan is not installed here",
    `problem: ${API} is not installed`,
  ]);
});

it.each([
  ["1.9.1", ">=1.3.0 <1.10.0", true],
  ["1.10.0", ">=1.3.0 <1.10.0", false],
  ["1.2.9", ">=1.3.0 <1.10.0", false],
  ["1.9.1", "^1.3.0", true],
  ["2.0.0", "^1.3.0", false],
  ["0.57.2", "^0.57.0", true],
  ["0.58.0", "^0.57.0", false],
  ["20.20.2", "^18.19.0 || >=20.6.0", true],
  ["19.0.0", "^18.19.0 || >=20.6.0", false],
  ["14.0.0", ">=14", true],
  ["1.0.0", "workspace:*", true],
])("judges %s in %s as %s", (version, range, fits) => {
  expect(satisfiesRange(version, range)).toBe(fits);
});
