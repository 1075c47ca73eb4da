import { className, dataProperty, errorProperty, isError } from "./data-property.ts";
import { encodeJson } from "./encode.ts";
import type { EncodeLimits } from "./encode-limits.ts";
import { maskSecrets } from "./mask.ts";

/** An error for OTel's `diag`: its stack, else its text, cut and with secrets masked. Never throws. */
export function diagText(error: unknown): string {
  const stack = dataProperty(error, "stack");
  const text = typeof stack === "string" ? stack : errorText(error, DIAG_LIMITS);
  return maskSecrets(text).slice(0, DIAG_LIMITS.maxFieldBytes);
}

const DIAG_LIMITS: EncodeLimits = { maxFieldBytes: 2_000, mask: undefined };

/** A chain of causes is followed this far: it may be a cycle. Of gathered errors as many are told. */
const MAX_CAUSES = 8;

/**
 * What was thrown, told in one text, not yet masked: the error, what it gathers (`AggregateError`),
 * and its causes. Never throws.
 */
export function errorText(error: unknown, limits: EncodeLimits): string {
  const parts: string[] = [];
  let at = error;
  for (let depth = 0; depth < MAX_CAUSES; depth++) {
    parts.push(oneError(at, limits));
    if (!isError(at)) break;
    const gathered = errorProperty(at, "errors");
    const count = Array.isArray(gathered) ? Math.min(gathered.length, MAX_CAUSES) : 0;
    for (let index = 0; index < count; index++) {
      parts.push(`${parts.pop()}\n- ${oneError(dataProperty(gathered, index), limits)}`);
    }
    const cause = errorProperty(at, "cause");
    if (cause === undefined) break;
    at = cause;
  }
  return parts.join("\nCaused by: ");
}

function oneError(error: unknown, limits: EncodeLimits): string {
  if (!isError(error)) return encodeThrown(error, limits);
  const message = errorProperty(error, "message");
  const name = errorName(error);
  // What is no text may still say why: some put an object there.
  const text = message === undefined ? "" : encodeThrown(message, limits);
  return text === "" ? name : `${name}: ${text}`;
}

/** Anything may be thrown: a string says it itself, the rest as JSON text. */
function encodeThrown(thrown: unknown, limits: EncodeLimits): string {
  if (typeof thrown === "string") return thrown;
  if (thrown === undefined) return "undefined";
  return encodeJson(thrown, "error", { ...limits, mask: undefined }).text;
}

/** An error's class name for OTel's `exception.type`, read without running a getter. */
export function errorName(error: unknown): string {
  if (!isError(error)) return typeof error;
  const name = errorProperty(error, "name");
  if (typeof name === "string" && name !== "Error") return name;
  return className(error) || "Error";
}

/** True for what an `AbortController` makes calls throw. */
export function isAbort(error: unknown): boolean {
  return /^(?:APIUser)?AbortError$/.test(errorName(error));
}
