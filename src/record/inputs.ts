import { dataProperty, isObject } from "../base/data-property.ts";
import { FIELDS } from "./fields.ts";
import { guarded } from "./guard.ts";
import type { OpenLog } from "./open-log.ts";
import { parameterNames } from "./parameter-names.ts";
import type { Settings, WrappedFunction } from "./settings.ts";

/**
 * Records a call's arguments as `inputs`, and a list of chat messages among them as `messages`.
 *
 * Names come from the options, else from the function's parameters, else `arg0` ...; a single
 * plain-object argument is the inputs itself.
 */
export function recordInputs(
  log: OpenLog,
  settings: Settings,
  fn: WrappedFunction,
  self: unknown,
  args: readonly unknown[],
): void {
  const { inputs } = settings;
  if (inputs === false || log.policy.content === "none") return;
  if (typeof inputs === "function") {
    const made = guarded("the inputs option", () => Reflect.apply(inputs, self, args));
    if (made !== undefined) log.set(FIELDS.inputs, made);
    return;
  }
  if (args.length === 0) return;
  const named =
    args.length === 1 && inputs === undefined && isPlainObject(args[0])
      ? args[0]
      : nameArguments(inputs ?? namesOf(fn), args);
  recordNamed(log, named);
}

/** By function, so that its source is read once. */
const NAMES = new WeakMap<WrappedFunction, readonly (string | undefined)[]>();

function namesOf(fn: WrappedFunction): readonly (string | undefined)[] {
  let names = NAMES.get(fn);
  if (names === undefined) {
    names = guarded("reading parameter names", () => parameterNames(fn)) ?? [];
    NAMES.set(fn, names);
  }
  return names;
}

function nameArguments(
  names: readonly (string | undefined)[],
  args: readonly unknown[],
): Record<string, unknown> {
  const named: Record<string, unknown> = Object.create(null);
  for (const [index, value] of args.entries()) {
    if (value !== undefined) named[names[index] ?? `arg${index}`] = value;
  }
  return named;
}

function recordNamed(log: OpenLog, named: object): void {
  const messagesKey = log.type === "tool" ? undefined : findMessages(named);
  if (messagesKey === undefined) {
    log.set(FIELDS.inputs, named);
    return;
  }
  log.set(FIELDS.messages, dataProperty(named, messagesKey));
  log.set(FIELDS.inputs, without(named, messagesKey));
}

function findMessages(named: object): string | undefined {
  return guarded("reading messages", () =>
    Object.keys(named).find((key) => isMessages(dataProperty(named, key))),
  );
}

/** A non-empty list whose every entry has a role. */
function isMessages(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((entry) => typeof dataProperty(entry, "role") === "string");
}

/** A copy of the object's own properties but one; getters stay getters and do not run. */
function without(object: object, omitted: string): object {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    if (key === omitted) continue;
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property === undefined) continue;
    if ("value" in property && key !== "__proto__") copy[key] = property.value;
    else Object.defineProperty(copy, key, property);
  }
  return copy;
}

function isPlainObject(value: unknown): value is object {
  if (!isObject(value)) return false;
  return (
    guarded("reading an argument", () => {
      const prototype = Object.getPrototypeOf(value);
      return prototype === Object.prototype || prototype === null;
    }) ?? false
  );
}
