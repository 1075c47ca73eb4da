import type { Context } from "@opentelemetry/api";
import { endAtCollection } from "../spans/end-at-collection.ts";
import { context } from "../spans/otel-api.ts";
import { addFields, type LogReference, referenceTo } from "./log-context.ts";
import { type Call, openSpan } from "./run-in-span.ts";
import type { RecordFields } from "./types.ts";

/** `[Symbol.dispose]` where the program's types know it, so that `using` takes the handle. */
type DisposeMethod = SymbolConstructor extends { readonly dispose: infer Key extends symbol }
  ? { readonly [K in Key]: () => void }
  : unknown;

/**
 * A log that was opened by hand and stays open until `end()` or `fail()`; whichever comes first
 * counts, later ones do nothing. No method throws of itself, and each may be taken off the handle.
 *
 * OpenTelemetry's JavaScript API makes a context active for the length of a callback only. So
 * code is inside the log only while `run` runs it: what merely follows `start()` is not, neither
 * its calls nor its `record()`.
 *
 * A handle that is dropped with its log open ends it, when it is collected, with the outcome
 * `unobserved`. With tracing off everything works and nothing is recorded.
 */
export type LogHandle = LogReference &
  DisposeMethod & {
    /** The context with this log in it, for `context.with()` or as a parent. */
    readonly context: Context;
    /** Runs `fn` inside the log, in calls that it awaits too, and gives what it gives. The log stays open. */
    run<T>(fn: () => T): T;
    /** Adds fields to this log, wherever it is called. */
    record(fields: RecordFields): void;
    /** Ends the log. `using` calls it at the end of its block, also when that is left by an error. */
    end(): void;
    /** Ends the log with what was thrown. */
    fail(error: unknown): void;
  };

/** Opens the log of a call that is told piece by piece. */
export function startLog(call: Call): LogHandle {
  const parent = context.active();
  const opened = openSpan(call, undefined, [], parent);
  // Held by the methods and by nobody else: once it is gone, nobody can end the log any more.
  if (opened !== undefined) endAtCollection(opened, opened.log);
  const end = () => opened?.log.end("ok");
  return {
    ...referenceTo(opened?.log),
    context: opened?.context ?? parent,
    run: (fn) => (opened === undefined ? fn() : context.with(opened.context, fn)),
    record: (fields) => addFields(opened?.log, fields),
    end,
    fail: (error) => opened?.log.fail(error),
    // A platform without it gets the symbol that compilers' `using` falls back to.
    [Symbol.dispose ?? Symbol.for("Symbol.dispose")]: end,
  };
}
