import { isListOf, isMessage } from "../base/chat-message.ts";
import { className, dataProperty, isObject, prototypesOf } from "../base/data-property.ts";
import { sharedState } from "../base/shared-state.ts";
import { FIELDS } from "../spans/fields.ts";
import { askOption, guarded } from "../spans/guard.ts";
import type { OpenLog } from "../spans/open-log.ts";
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
    const failed = { "[unreadable]": "the inputs option threw" };
    const made = askOption("inputs", () => Reflect.apply(inputs, self, args), failed);
    log.set(FIELDS.inputs, made);
  } else if (args.length > 0) {
    const isNamed = args.length === 1 && inputs === undefined && isPlainObject(args[0]);
    recordNamed(log, isNamed ? (args[0] as object) : nameArguments(inputs ?? namesOf(fn), args));
  }
}

/** By function, so that its source is read once. */
const NAMES = new WeakMap<WrappedFunction, readonly (string | undefined)[]>();

function namesOf(fn: WrappedFunction): readonly (string | undefined)[] {
  // A wrapper's own source says nothing.
  const inner = sharedState().wrapped.get(fn)?.fn;
  if (inner !== undefined) return namesOf(inner as WrappedFunction);
  let names = NAMES.get(fn);
  if (names === undefined) {
    names = parameterNames(fn);
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
    const name = names[index] ?? `arg${index}`;
    if (name.startsWith("...")) {
      named[name.slice(3).trim()] = args.slice(index);
      break;
    }
    if (value !== undefined) named[name] = value;
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
  const others = without(named, messagesKey);
  if (Object.keys(others).length > 0) log.set(FIELDS.inputs, others);
}

function findMessages(named: object): string | undefined {
  return guarded("recording messages", () =>
    Object.keys(named).find((key) => isMessages(dataProperty(named, key))),
  );
}

function isMessages(value: unknown): boolean {
  return isListOf(value, isMessage) && (value as unknown[]).length > 0;
}

/** A copy of the object's own properties but one; getters stay getters and do not run. */
function without(object: object, omitted: string): object {
  const { [omitted]: _, ...kept } = Object.getOwnPropertyDescriptors(object);
  return Object.defineProperties({}, kept);
}

/** True for an object of no class, also of another realm. What can't be listed is none. */
export function isPlainObject(value: unknown): value is object {
  if (!isObject(value)) return false;
  const [prototype] = prototypesOf(value);
  if (prototype !== undefined && className(prototype) !== "Object") return false;
  try {
    return Object.keys(value) !== undefined;
  } catch {
    return false;
  }
}
