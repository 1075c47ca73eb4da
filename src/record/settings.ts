import type { LogField } from "../base/log-fields.ts";
import type { LogType, VersionQuery } from "../base/log-types.ts";
import { maskSecrets } from "../base/mask.ts";
import { FIELDS, fits } from "../spans/fields.ts";

/** A function as the runner calls it. */
export type WrappedFunction = (...args: never[]) => unknown;

/** One wrapper's options, checked and put in order once, when the function is wrapped. */
export interface Settings {
  readonly type: LogType;
  readonly path: string | ((this: unknown, ...args: unknown[]) => unknown) | undefined;
  readonly inputs: readonly string[] | ((...args: unknown[]) => unknown) | false | undefined;
  readonly output: ((result: unknown) => unknown) | false | undefined;
  /** Of a class decorator: the methods to wrap, and those to leave alone. */
  readonly only?: readonly PropertyKey[];
  readonly except?: readonly PropertyKey[];
  readonly captureStdout?: boolean;
  /** Fields of the Log API that are the same for every call. */
  readonly fixed: readonly (readonly [field: LogField, value: unknown])[];
  readonly query: VersionQuery;
}

/** What an option may be, in the words of the message, and how that is told. */
const FORMS = {
  "a non-empty string": (value: unknown) => typeof value === "string" && value.trim() !== "",
  "a function": (value: unknown) => typeof value === "function",
  "a list of names": (value: unknown) =>
    Array.isArray(value) && value.every((entry) => typeof entry === "string"),
  "a boolean": (value: unknown) => typeof value === "boolean",
  false: (value: unknown) => value === false,
} as const;

type Form = keyof typeof FORMS;

const TEXT: Form = "a non-empty string";
const NAMES: Form = "a list of names";
const FUNCTION: Form = "a function";

/** Options that are no field of the Log API's body, and what each has to be. */
const OPTIONS: Readonly<Record<string, readonly Form[]>> = {
  path: [TEXT, FUNCTION],
  inputs: [NAMES, FUNCTION, "false"],
  output: [FUNCTION, "false"],
  versionId: [TEXT],
  deployedEnvironment: [TEXT],
  only: [NAMES],
  except: [NAMES],
  captureStdout: ["a boolean"],
};

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
    const forms = OPTIONS[name];
    if (forms === undefined) fixed.push(fixedField(type, name, value));
    else if (!forms.some((form) => FORMS[form](value))) {
      fail(type, name, forms.join(" or "), value);
    }
  }
  const { versionId, deployedEnvironment } = given;
  const targeted = versionId !== undefined || deployedEnvironment !== undefined;
  return {
    ...given,
    type,
    // With a version targeted by the query no details are sent.
    fixed: fixed.filter(([field]) => !(targeted && field.wire === type)),
    query: { versionId: masked(versionId), deployedEnvironment: masked(deployedEnvironment) },
    // Each was checked above, under its own name.
  } as unknown as Settings;
}

function masked(text: unknown): unknown {
  return text && maskSecrets(text as string);
}

function fixedField(type: LogType, name: string, value: unknown): [LogField, unknown] {
  const isKernel = name === "attributes" && type === "flow";
  const field = FIELDS[isKernel ? "flow" : name];
  if (!field?.types.includes(type)) {
    throw new TypeError(`${type}(): there is no option ${name}.`);
  }
  if (!fits(field, value)) fail(type, name, `a ${field.kind}`, value);
  return [field, isKernel ? { attributes: value } : value];
}

function fail(type: LogType, name: string, expected: string, value: unknown): never {
  throw new TypeError(`${type}(): option ${name}: expected ${expected}, got ${typeName(value)}.`);
}

/** What came, for a message. */
export function typeName(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
