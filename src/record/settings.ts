import type { LogField } from "../base/log-fields.ts";
import type { LogType, VersionQuery } from "../base/log-types.ts";
import { FIELD_BY_OPTION } from "./fields.ts";

/** A function as the runner calls it. */
export type WrappedFunction = (...args: never[]) => unknown;

/** One wrapper's options, checked and put in order once, when the function is wrapped. */
export interface Settings {
  readonly type: LogType;
  readonly path: string | ((this: unknown, ...args: unknown[]) => unknown) | undefined;
  readonly inputs: readonly string[] | ((...args: unknown[]) => unknown) | false | undefined;
  readonly output: ((result: unknown) => unknown) | false | undefined;
  /** Fields of the Log API that are the same for every call. */
  readonly fixed: readonly (readonly [field: LogField, value: unknown])[];
  readonly query: VersionQuery;
}

/** What one sets beside the Log API's own fields. */
const QUERY_OPTIONS: ReadonlySet<string> = new Set(["versionId", "deployedEnvironment"]);
const CLASS_OPTIONS: ReadonlySet<string> = new Set(["only", "except"]);
/** With a version targeted by the query no details are sent. */
const KERNELS: ReadonlySet<string> = new Set(["prompt", "flow", "tool"]);
/** Fields that follow from the call itself; options may not fix them. */
const PER_CALL: ReadonlySet<string> = new Set([
  "output",
  "outputMessage",
  "inputs",
  "messages",
  "error",
  "startTime",
  "endTime",
]);

/**
 * Checks a wrapper's options.
 *
 * @throws TypeError that names the option, what was expected and what came.
 */
export function resolveSettings(type: LogType, options: string | object | undefined): Settings {
  const given: Readonly<Record<string, unknown>> =
    typeof options === "string" ? { path: options } : { ...options };
  const query: { versionId?: string; deployedEnvironment?: string } = {};
  const fixed: [LogField, unknown][] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || name === "path" || name === "inputs" || name === "output") continue;
    if (CLASS_OPTIONS.has(name)) checkNames(type, name, value);
    else if (QUERY_OPTIONS.has(name)) query[name as keyof VersionQuery] = text(type, name, value);
    else fixed.push(fixedField(type, name, value));
  }
  const targeted = Object.keys(query).length > 0;
  return {
    type,
    path: checkPath(type, given.path),
    inputs: checkInputs(type, given.inputs),
    output: checkOutput(type, given.output),
    fixed: targeted ? fixed.filter(([field]) => !KERNELS.has(field.wire)) : fixed,
    query,
  };
}

function fixedField(type: LogType, name: string, value: unknown): [LogField, unknown] {
  if (name === "attributes" && type === "flow") {
    return [knownField(type, "flow"), { attributes: value }];
  }
  const field = knownField(type, name);
  if (PER_CALL.has(name)) {
    throw new TypeError(`${type}(): option ${name} differs by call. Use record({ ${name} }).`);
  }
  const scalar = field.kind === "string" || field.kind === "number" || field.kind === "boolean";
  const date = name === "createdAt" && value instanceof Date;
  // biome-ignore lint/suspicious/useValidTypeof: the kinds of scalars are the names of types
  if (scalar && !date && typeof value !== field.kind) fail(type, name, `a ${field.kind}`, value);
  return [field, value];
}

function knownField(type: LogType, name: string): LogField {
  const field = FIELD_BY_OPTION.get(name);
  if (field === undefined || !field.types.includes(type)) {
    throw new TypeError(`${type}(): there is no option ${name}.`);
  }
  return field;
}

function checkPath(type: LogType, path: unknown): Settings["path"] {
  if (path === undefined || typeof path === "function") return path as Settings["path"];
  if (typeof path !== "string") return fail(type, "path", "a string or a function", path);
  if (path.trim() === "") return fail(type, "path", "a non-empty string", path);
  return path;
}

function checkInputs(type: LogType, inputs: unknown): Settings["inputs"] {
  if (inputs === undefined || inputs === false || typeof inputs === "function") {
    return inputs as Settings["inputs"];
  }
  checkNames(type, "inputs", inputs);
  return inputs as readonly string[];
}

function checkOutput(type: LogType, output: unknown): Settings["output"] {
  if (output === undefined || output === false || typeof output === "function") {
    return output as Settings["output"];
  }
  return fail(type, "output", "a function or false", output);
}

function checkNames(type: LogType, name: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string")) {
    fail(type, name, "a list of names", value);
  }
}

function text(type: LogType, name: string, value: unknown): string {
  return typeof value === "string" ? value : fail(type, name, "a string", value);
}

function fail(type: LogType, name: string, expected: string, value: unknown): never {
  const came = value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
  throw new TypeError(`${type}(): option ${name}: expected ${expected}, got ${came}.`);
}
