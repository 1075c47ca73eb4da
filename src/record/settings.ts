import type { LogField } from "../base/log-fields.ts";
import type { LogType, VersionQuery } from "../base/log-types.ts";
import { FIELDS } from "./fields.ts";

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

type Check = readonly [expected: string, fits: (value: unknown) => boolean];

const isFunction = (value: unknown): boolean => typeof value === "function";
const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== "";
const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string");

const TEXT: Check = ["a non-empty string", isText];
const NAMES: Check = ["a list of names", isNames];

/** Options that are no field of the Log API's body, and what each has to be. */
const OPTIONS: Readonly<Record<string, Check>> = {
  path: ["a non-empty string or a function", (value) => isFunction(value) || isText(value)],
  inputs: [
    "a list of names, a function or false",
    (value) => value === false || isFunction(value) || isNames(value),
  ],
  output: ["a function or false", (value) => value === false || isFunction(value)],
  versionId: TEXT,
  deployedEnvironment: TEXT,
  only: NAMES,
  except: NAMES,
};

/** With a version targeted by the query no details are sent. */
const KERNELS = /^(?:prompt|flow|tool)$/;
/** Fields that differ by call: `record()` sets them, options may not. */
const PER_CALL = /^(?:outputMessage|messages|error|startTime|endTime)$/;

/**
 * Checks a wrapper's options.
 *
 * @throws TypeError that names the option, what was expected and what came.
 */
export function resolveSettings(type: LogType, options: string | object | undefined): Settings {
  const given = (typeof options === "string" ? { path: options } : { ...options }) as Readonly<
    Record<string, unknown>
  >;
  const fixed: [LogField, unknown][] = [];
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (value === undefined) continue;
    const option = OPTIONS[name];
    if (option === undefined) fixed.push(fixedField(type, name, value));
    else if (!option[1](value)) fail(type, name, option[0], value);
  }
  const { path, inputs, output, versionId, deployedEnvironment } = given;
  const targeted = versionId !== undefined || deployedEnvironment !== undefined;
  return {
    type,
    path,
    inputs,
    output,
    fixed: fixed.filter(([field]) => !(targeted && KERNELS.test(field.wire))),
    query: { versionId, deployedEnvironment },
    // Each was checked above, under its own name.
  } as Settings;
}

function fixedField(type: LogType, name: string, value: unknown): [LogField, unknown] {
  const isKernel = name === "attributes" && type === "flow";
  const field = FIELDS[isKernel ? "flow" : name];
  if (!field?.types.includes(type) || PER_CALL.test(name)) {
    throw new TypeError(`${type}(): there is no option ${name}.`);
  }
  if (isKernel) return [field, { attributes: value }];
  const isScalar = field.kind !== "json" && field.kind !== "text";
  const isDate = name === "createdAt" && value instanceof Date;
  const came: string = typeof value;
  if (isScalar && !isDate && came !== field.kind) fail(type, name, `a ${field.kind}`, value);
  return [field, value];
}

function fail(type: LogType, name: string, expected: string, value: unknown): never {
  const came = value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
  throw new TypeError(`${type}(): option ${name}: expected ${expected}, got ${came}.`);
}
