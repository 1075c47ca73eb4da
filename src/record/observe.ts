import { dataProperty, isInstance, isObject } from "../base/data-property.ts";
import { guarded } from "../spans/guard.ts";
import { observeEmitter } from "./observe-emitter.ts";
import { observeAsyncIterable } from "./observe-iterable.ts";
import { observeIterator } from "./observe-iterator.ts";
import { observePromise } from "./observe-promise.ts";
import { observeReadableStream } from "./observe-readable-stream.ts";
import { observeThenable } from "./observe-thenable.ts";
import { recordResult } from "./result.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/**
 * Keeps the span open until the result's work is done, and gives the result to the caller: the
 * same object, but for a native promise, where the caller gets the derived one.
 */
export function observe(result: unknown, opened: OpenedSpan): unknown {
  // A thenable may be a function: a remote call's stub, a query's builder.
  if (!isObject(result) && typeof result !== "function") return finish(result, opened);
  if (isNativePromise(result)) {
    return observePromise(result, opened, (value) => observe(value, opened));
  }
  const watched = guarded("observing the result", () => watch(result, opened)) ?? false;
  return watched ? result : finish(result, opened);
}

function finish(result: unknown, { log, settings }: OpenedSpan): unknown {
  guarded("recording the result", () => recordResult(log, settings, result));
  log.end("ok");
  return result;
}

/** Starts to watch an object whose work goes on; false for one that is simply a value. */
function watch(result: object, opened: OpenedSpan): boolean {
  const has = (key: PropertyKey) => typeof dataProperty(result, key) === "function";
  if (has("then")) return observeThenable(result, opened, (value) => observe(value, opened));
  if (isInstance(result, Response)) return observeResponse(result, opened);
  // The results of the AI SDK's streaming functions hold what they stream in `baseStream`, those of
  // the AWS SDK in `stream`.
  const held = dataProperty(result, dataProperty(result, "$metadata") ? "stream" : "baseStream");
  const stream = isInstance(result, ReadableStream) ? result : held;
  if (isInstance(stream, ReadableStream)) return observeReadableStream(stream, opened, "", result);
  if (isObject(stream) && observeAsyncIterable(stream, opened)) return true;
  if (has("_read") && has("emit")) return observeEmitter(result, "emit", opened);
  if (has("_emit") && has("on")) return observeEmitter(result, "_emit", opened);
  // A page of the SDKs' lists is a value that can also fetch those behind it.
  if (has("getPaginatedItems")) return false;
  // A database's cursor has a `next` that gives entries, and is no iterator but iterable.
  const isIterator = has("next") && (has(Symbol.iterator) || has("return"));
  return isIterator ? observeIterator(result, opened) : observeAsyncIterable(result, opened);
}

/** A body that is still to be read is the work; read by the function itself, it is over. */
function observeResponse(response: Response, opened: OpenedSpan): boolean {
  // The platform's own getters, whatever a subclass has.
  const read = <K extends keyof Response>(key: K): Response[K] =>
    Reflect.get(Response.prototype, key, response);
  const body = read("body");
  if (body === null || read("bodyUsed") || body.locked) return false;
  return observeReadableStream(body, opened, read("headers").get("content-type"));
}

/** A promise of the language itself, not of a subclass: `await` reads it without its `then`. */
function isNativePromise(value: object): value is Promise<unknown> {
  return isInstance(value, Promise) && dataProperty(value, "constructor") === Promise;
}
