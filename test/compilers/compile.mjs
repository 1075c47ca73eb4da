import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import babel from "@babel/core";
import swc from "@swc/core";
import esbuild from "esbuild";
import { transformSync as transformWithOxc } from "oxc-transform";

/**
 * Makes JavaScript of TypeScript with decorators: takes a source text, gives a module's text.
 *
 * @typedef {(source: string) => string} Compile
 */

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * TypeScript's own compiler, types unchecked.
 *
 * @param {"typescript" | "typescript-7"} version the package
 * @param {string} target
 * @param {boolean} [legacy]
 * @returns {Compile}
 */
export function tsc(version, target, legacy = false) {
  const command = join(here, "node_modules", version, "bin/tsc");
  const options = ["--noCheck", "--noResolve", "--verbatimModuleSyntax", "--target", target];
  options.push("--module", "esnext", "--experimentalDecorators", String(legacy));
  return (source) => {
    const folder = mkdtempSync(join(tmpdir(), "flowspan-tsc-"));
    try {
      const file = join(folder, "source.mts");
      writeFileSync(file, source);
      const { stdout, status } = spawnSync(process.execPath, [command, ...options, file], {
        cwd: folder,
      });
      if (status !== 0) throw new Error(`tsc ended with ${status}: ${stdout}`);
      return readFileSync(join(folder, "source.mjs"), "utf8");
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

/**
 * esbuild, which is also tsup, tsx, vitest and Vite up to 7.
 *
 * @param {{ legacy?: boolean, keepNames?: boolean, target?: string }} [options]
 * @returns {Compile}
 */
export function withEsbuild({ legacy = false, keepNames = false, target = "es2022" } = {}) {
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: legacy } };
  return (source) =>
    esbuild.transformSync(source, { loader: "ts", target, keepNames, tsconfigRaw }).code;
}

/**
 * @param {"2021-12" | "2022-03" | "2023-11" | "legacy"} version
 * @returns {Compile}
 */
export function withSwc(version) {
  const transform =
    version === "legacy" ? { legacyDecorator: true } : { decoratorVersion: version };
  const parser = /** @type {const} */ ({ syntax: "typescript", decorators: true });
  const jsc = /** @type {swc.JscConfig} */ ({ parser, target: "es2022", transform });
  return (source) => swc.transformSync(source, { configFile: false, swcrc: false, jsc }).code;
}

/**
 * @param {"2021-12" | "2022-03" | "2023-01" | "2023-05" | "2023-11" | "legacy"} version
 * @returns {Compile}
 */
export function withBabel(version) {
  const options = {
    cwd: here,
    filename: "source.ts",
    configFile: false,
    babelrc: false,
    presets: ["@babel/preset-typescript"],
    plugins: [["@babel/plugin-proposal-decorators", { version }]],
  };
  return (source) => babel.transformSync(source, options)?.code ?? "";
}

/**
 * oxc, which is Vite from 8 on, Rolldown and tsdown.
 *
 * @param {boolean} legacy
 * @returns {Compile}
 */
export function withOxc(legacy) {
  return (source) =>
    transformWithOxc("source.ts", source, { target: "es2022", decorator: { legacy } }).code;
}
