import { OPEN_LOG_KEY } from "../base/context-keys.ts";
import { dataProperty } from "../base/data-property.ts";
import { readProviderResponse } from "../providers/index.ts";
import { defineHidden } from "../spans/define-hidden.ts";
import { endAtCollection } from "../spans/end-at-collection.ts";
import { context } from "../spans/otel-api.ts";
import { recordReading } from "../spans/record-reading.ts";
import { collectChunks } from "./chunk-collector.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/** The events that bring the next piece: of Node streams, and of the SDKs' stream helpers. */
const PIECES = /^(?:data|chunk|event|streamEvent)$/;
/**
 * The events of a helper's whole answer, the fuller one first. Where the provider streams none it
 * is all there is, and of a loop that runs tools it is the last answer alone.
 */
const WHOLE = /^final(?:ChatCompletion|Message)$/;

/** By emitter: the logs that watch it, more than one where wrapped functions call each other. */
const SOURCES = new WeakMap<object, Set<unknown>>();

/**
 * Watches what tells its progress by events: a readable Node stream, or a stream helper of the
 * SDKs of OpenAI and Anthropic (`.stream()`).
 *
 * It is the emitting that is watched. A listener of ours would set a Node stream flowing, and
 * would count as somebody who takes the errors.
 *
 * @param emit the name of its emitting method.
 */
export function observeEmitter(emitter: object, emit: string, opened: OpenedSpan): boolean {
  const { log } = opened;
  const chunks = collectChunks(opened);
  const state = dataProperty(emitter, "_readableState") as Record<string, unknown> | undefined;
  if (state?.endEmitted || state?.closeEmitted) {
    // It was read before it was given: no event comes any more.
    chunks.end("ok");
    return true;
  }
  const consumer = context.active();
  const sources = SOURCES.get(emitter) ?? new Set();
  let whole: unknown;
  const see = (event: unknown, value: unknown): void => {
    if (typeof event !== "string") return;
    if (PIECES.test(event)) chunks.add(value);
    else if (WHOLE.test(event)) whole ??= value;
    else if (event === "totalUsage") {
      // Of all calls that the helper made, where the answer has the last one's.
      recordReading(
        log,
        readProviderResponse({ object: "chat.completion", choices: [], usage: value }),
      );
    } else if (event === "end") chunks.end("ok", whole);
    else if (event === "close") chunks.end("cancelled");
    else if (event === "error" || event === "abort") chunks.fail(value);
  };
  const watch = (name: string, around: (run: () => unknown, args: unknown[]) => unknown) => {
    const method = dataProperty(emitter, name);
    return (
      typeof method === "function" &&
      defineHidden(emitter, name, function (this: unknown, ...args: unknown[]) {
        return around(() => Reflect.apply(method, this, args), args);
      })
    );
  };
  const watched = watch(emit, (run, [event, value]) => {
    see(event, value);
    // Listeners are the consumer's code: the spans that the pieces come from end here.
    const isInside = sources.has(context.active().getValue(OPEN_LOG_KEY));
    return isInside ? context.with(consumer, run) : run();
  });
  if (!watched) return false;
  SOURCES.set(emitter, sources.add(log));
  watch("_read", (run) => context.with(opened.context, run));
  endAtCollection(emitter, log);
  return true;
}
