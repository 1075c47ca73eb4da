import type { Context } from "@opentelemetry/api";
import { maskSecrets } from "../base/mask.ts";
import { FIELDS } from "../spans/fields.ts";
import { askOption, guarded } from "../spans/guard.ts";
import { isTracingOff } from "../spans/is-tracing-off.ts";
import type { OpenLog } from "../spans/open-log.ts";
import { context } from "../spans/otel-api.ts";
import { currentPolicy } from "../spans/policy.ts";
import { startLog } from "../spans/start-log.ts";
import { captureStdout } from "./capture-stdout.ts";
import { InnerContext } from "./inner-context.ts";
import { recordInputs } from "./inputs.ts";
import { observe } from "./observe.ts";
import type { Settings, WrappedFunction } from "./settings.ts";

/** One wrapped function with its settings. */
export interface Call {
  readonly fn: WrappedFunction;
  readonly settings: Settings;
  /** `Class/method` or the function's name, for calls whose options give no path. */
  readonly defaultPath: (self: unknown) => string;
}

/** An opened span: the context that the user's code runs in, and its log. */
export interface OpenedSpan {
  readonly context: Context;
  readonly log: OpenLog;
  readonly settings: Settings;
}

/**
 * Calls the function inside a span of its own. Every wrapper and decorator comes through here.
 *
 * Guarantees: the function gets the same `this` and arguments, its result or error comes back
 * as it was, and nothing of ours can throw. Without a provider it is a direct call.
 */
export function runInSpan(call: Call, self: unknown, args: readonly unknown[]): unknown {
  const opened = openSpan(call, self, args, context.active());
  if (opened === undefined) return Reflect.apply(call.fn, self, args);
  let result: unknown;
  try {
    result = context.with(opened.context, Reflect.apply, undefined, call.fn, self, args);
  } catch (error) {
    opened.log.fail(error);
    throw error;
  }
  return observe(result, opened);
}

/** Opens the span of one call under `parent`; `undefined` when tracing is off. */
export function openSpan(
  call: Call,
  self: unknown,
  args: readonly unknown[],
  parent: Context,
): OpenedSpan | undefined {
  if (isTracingOff()) return undefined;
  return guarded("the span", () => {
    const { settings } = call;
    const path = maskSecrets(pathOf(call, self, args));
    const { span, log } = startLog(path || settings.type, settings, parent, {}, (started) =>
      recordStart(started, call, path, self, args),
    );
    const inner = new InnerContext(parent, span, log);
    const capturing = settings.captureStdout
      ? guarded("captureStdout", () => captureStdout(log, inner))
      : undefined;
    return { context: capturing ?? inner, log, settings };
  });
}

function recordStart(
  log: OpenLog,
  call: Call,
  path: string,
  self: unknown,
  args: readonly unknown[],
): void {
  if (path !== "") log.set(FIELDS.path, path);
  for (const [field, value] of call.settings.fixed) log.set(field, value);
  recordInputs(log, call.settings, call.fn, self, args);
  log.flushAttributes();
}

/**
 * The option, a string or made from the call; else the default. Empty: assembling makes one. What
 * is made from the call may hold content.
 */
function pathOf(call: Call, self: unknown, args: readonly unknown[]): string {
  const { path } = call.settings;
  const made =
    typeof path === "function" && currentPolicy().content !== "none"
      ? askOption("path", () => Reflect.apply(path, self, args))
      : path;
  if (typeof made === "string" && made !== "") return made;
  return guarded("the path option", () => call.defaultPath(self)) ?? "";
}
