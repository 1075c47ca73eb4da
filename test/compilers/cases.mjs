import { tsc, withBabel, withEsbuild, withOxc, withSwc } from "./compile.mjs";

/**
 * One compiler under one standard.
 *
 * @typedef {object} Case
 * @property {string} compiler
 * @property {"standard" | "legacy"} standard
 * @property {import("./compile.mjs").Compile} compile
 * @property {boolean} [leaves] It leaves decorators in that Node can't run.
 * @property {readonly string[]} [without] The decorated members that it can't compile: they go without their decorator.
 * @property {Readonly<Record<string, string | undefined>>} [differs] Expected lines that are others here, or missing.
 */

/** Without `Symbol.metadata` a private member and a field are named after the instance's class. */
const instanceClass = {
  '      tool Agent/secret {"text":"hi"} -> "HI"':
    '      tool Special/secret {"text":"hi"} -> "HI"',
  'tool Agent/arrow {"n":5} -> "s5"': 'tool Special/arrow {"n":5} -> "s5"',
  'tool Agent/hidden {"n":1} -> "4"': 'tool Special/hidden {"n":1} -> "4"',
  'tool Agent/privateField {"n":1} -> "6"': 'tool Special/privateField {"n":1} -> "6"',
};

/**
 * A class without a name has one of the compiler's making.
 *
 * @param {string} name
 */
const unnamed = (name) => ({
  'flow WithMixin/mixed {"n":1} -> "1"': `flow ${name}/mixed {"n":1} -> "1"`,
});

const standard = /** @type {const} */ ("standard");
const legacy = /** @type {const} */ ("legacy");

/** @type {readonly Case[]} */
export const CASES = [
  {
    compiler: "tsc 5.9",
    standard,
    compile: tsc("typescript", "es2022"),
    differs: instanceClass,
  },
  {
    compiler: "tsc 7.0",
    standard,
    compile: tsc("typescript-7", "es2022"),
    differs: instanceClass,
  },
  { compiler: "tsc 5.9, esnext", standard, compile: tsc("typescript", "esnext"), leaves: true },
  { compiler: "tsc 7.0, esnext", standard, compile: tsc("typescript-7", "esnext"), leaves: true },
  {
    compiler: "esbuild",
    standard,
    compile: withEsbuild(),
    differs: {
      ...unnamed("_b2"),
      'flow Named/run -> "Named"': 'flow _e/run -> "_e"',
      "flow Assigned/run": "flow _f/run",
      '"Named"': '"_e"',
    },
  },
  {
    compiler: "esbuild, keepNames",
    standard,
    compile: withEsbuild({ keepNames: true }),
    differs: unnamed("_b2"),
  },
  {
    compiler: "esbuild, esnext",
    standard,
    compile: withEsbuild({ target: "esnext" }),
    leaves: true,
  },
  // What swc takes by default: methods as under experimentalDecorators, accessors not at all.
  { compiler: "swc 2021-12", standard, compile: withSwc("2021-12"), leaves: true },
  { compiler: "swc 2022-03", standard, compile: withSwc("2022-03") },
  {
    compiler: "swc 2023-11",
    standard,
    compile: withSwc("2023-11"),
    // Its getter of a decorated private accessor names a variable that it does not declare.
    without: ["@tool accessor #hidden"],
    differs: { 'tool Agent/hidden {"n":1} -> "4"': undefined },
  },
  {
    compiler: "Babel 2023-11",
    standard,
    compile: withBabel("2023-11"),
    differs: unnamed("Class"),
  },
  {
    compiler: "Babel 2023-05",
    standard,
    compile: withBabel("2023-05"),
    // It makes a string of each name.
    without: ["@tool [shape]"],
    differs: { ...unnamed("Class"), 'tool Agent/shape {"n":1} -> "1"': undefined },
  },
  {
    compiler: "Babel 2023-01",
    standard,
    compile: withBabel("2023-01"),
    differs: { ...unnamed("Class"), ...instanceClass },
  },
  {
    compiler: "Babel 2022-03",
    standard,
    compile: withBabel("2022-03"),
    differs: { ...unnamed("Class"), ...instanceClass },
  },
  {
    compiler: "Babel 2021-12",
    standard,
    compile: withBabel("2021-12"),
    differs: { ...unnamed("Class"), ...instanceClass },
  },
  { compiler: "oxc", standard, compile: withOxc(false), leaves: true },
  { compiler: "tsc 5.9", standard: legacy, compile: tsc("typescript", "es2022", true) },
  { compiler: "tsc 5.9, esnext", standard: legacy, compile: tsc("typescript", "esnext", true) },
  { compiler: "tsc 7.0", standard: legacy, compile: tsc("typescript-7", "es2022", true) },
  { compiler: "tsc 7.0, esnext", standard: legacy, compile: tsc("typescript-7", "esnext", true) },
  { compiler: "esbuild", standard: legacy, compile: withEsbuild({ legacy: true }) },
  {
    compiler: "esbuild, esnext",
    standard: legacy,
    compile: withEsbuild({ legacy: true, target: "esnext" }),
  },
  { compiler: "swc", standard: legacy, compile: withSwc("legacy") },
  {
    compiler: "Babel",
    standard: legacy,
    compile: withBabel("legacy"),
    without: ["@tool public [shape]", "@tool public [computed]"],
    differs: {
      'tool Agent/shape {"n":1} -> "1"': undefined,
      'tool Agent/computed {"n":1} -> "1"': undefined,
    },
  },
  { compiler: "oxc", standard: legacy, compile: withOxc(true) },
  // Last, because it changes this process.
  {
    compiler: "tsc 5.9 and metadata",
    standard,
    compile: withMetadata(tsc("typescript", "es2022")),
  },
  {
    compiler: "tsc 7.0 and metadata",
    standard,
    compile: withMetadata(tsc("typescript-7", "es2022")),
  },
];

/**
 * Gives the platform `Symbol.metadata` before the classes are made.
 *
 * @param {import("./compile.mjs").Compile} compile
 * @returns {import("./compile.mjs").Compile}
 */
function withMetadata(compile) {
  return (source) => `Symbol.metadata ??= Symbol("Symbol.metadata");\n${compile(source)}`;
}
