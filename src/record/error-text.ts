import { className, dataProperty, errorProperty, isError } from "../base/data-property.ts";
import { encodeJson } from "../base/encode.ts";
import type { EncodeLimits } from "../base/encode-limits.ts";

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
