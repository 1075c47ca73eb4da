import { ATTR_TIME_TO_FIRST_CHUNK } from "../base/attributes.ts";
import { isInstance } from "../base/data-property.ts";
import { encodeJson } from "../base/encode.ts";
import { type StreamReader, startProviderStream } from "../providers/index.ts";
import { FIELDS } from "./fields.ts";
import { guarded } from "./guard.ts";
import { recordResult, recordUsage } from "./result.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/** Takes what a generator or stream gives. Neither method throws. */
export interface ChunkCollector {
  /** Takes the next chunk. */
  add(chunk: unknown): void;
  /** Records what was put together. `returned` is what a generator returned, if anything. */
  finish(returned?: unknown): void;
}

/**
 * Puts together what a generator or stream gives, chunk by chunk, within the field's byte cap:
 * a provider's chunks by their shape, strings and bytes as one text, anything else as a list.
 *
 * Each chunk is encoded when it passes: consumers may change it afterwards.
 */
export function collectChunks({ log, settings }: OpenedSpan): ChunkCollector {
  const { policy } = log;
  const decoder = new TextDecoder();
  const entries: string[] = [];
  let provider: StreamReader | undefined;
  let first = true;
  let text = "";
  let bytes = 0;
  let leftOut = 0;

  const collect = (chunk: unknown): void => {
    const piece = isInstance(chunk, Uint8Array) ? decoder.decode(chunk, { stream: true }) : chunk;
    if (bytes > policy.maxFieldBytes) leftOut++;
    else if (typeof piece === "string" && entries.length === 0) {
      text += piece;
      bytes += piece.length;
    } else {
      const entry = encodeJson(piece, FIELDS.output.wire, policy).text;
      entries.push(entry);
      bytes += entry.length;
    }
  };

  const gathered = (returned: unknown): unknown => {
    const more = leftOut > 0 ? `[cut: ${leftOut} more]` : "";
    if (entries.length === 0) return text === "" ? returned : text + more;
    // The texts are this encoder's own, so parsing cannot fail.
    return [text, ...entries.map((entry) => JSON.parse(entry) as unknown), more].filter(
      (part) => part !== "",
    );
  };

  return {
    add: (chunk) => {
      if (!log.recording) return;
      guarded("recording a chunk", () => {
        if (first) {
          first = false;
          log.note(ATTR_TIME_TO_FIRST_CHUNK, (performance.now() - log.startMillis) / 1000);
          provider = log.type === "tool" ? undefined : startProviderStream(chunk);
        } else provider?.add(chunk);
        if (!provider && settings.output !== false && policy.content !== "none") collect(chunk);
      });
    },
    finish: (returned) =>
      guarded("recording the result", () => {
        const reading = provider?.reading();
        recordUsage(log, reading);
        recordResult(log, settings, reading?.outputMessage ?? gathered(returned));
      }),
  };
}
