import { ATTR_TIME_TO_FIRST_CHUNK } from "../base/attributes.ts";
import { isInstance } from "../base/data-property.ts";
import { encodeJson } from "../base/encode.ts";
import type { Outcome } from "../base/log-types.ts";
import {
  type BodyReader,
  readProviderResponse,
  type StreamReader,
  startBodyReader,
  startProviderStream,
} from "../providers/index.ts";
import { FIELDS } from "../spans/fields.ts";
import { guarded } from "../spans/guard.ts";
import { recordReading } from "../spans/record-reading.ts";
import { recordResult } from "./result.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/** Takes what a generator or stream gives, and how that ends. Nothing throws. */
export interface ChunkCollector {
  /** Chunks taken so far. */
  count: number;
  /** Takes the next chunk. */
  add(chunk: unknown): void;
  /** Records what was put together and ends the span. `returned`: what a generator returned. */
  end(outcome: Outcome, returned?: unknown): void;
  /** The same with what was thrown. */
  fail(error: unknown): void;
}

/** A server may open its stream with chunks that do not show yet whose they are. */
const OPENING_CHUNKS = 3;

/** The bytes alone: a decoder would ask a class of the user's for its own length. */
function ownBytes(chunk: Uint8Array): Uint8Array {
  const own = (key: PropertyKey) =>
    Reflect.get(Object.getPrototypeOf(Uint8Array.prototype), key, chunk);
  return new Uint8Array(own("buffer"), own("byteOffset"), own("byteLength"));
}

/**
 * Puts together what a generator or stream gives, chunk by chunk, within the field's byte cap:
 * a provider's chunks by their shape, strings and bytes as one text, anything else as a list.
 *
 * Each chunk is encoded when it passes: consumers may change it afterwards.
 *
 * @param contentType of an HTTP body, whose text is then read as what it is, however long.
 * @param whole tells the whole answer at the end, when nothing else is returned.
 */
export function collectChunks(
  { log, settings }: OpenedSpan,
  contentType?: string | null,
  whole?: object,
): ChunkCollector {
  const { policy } = log;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const entries: string[] = [];
  const hidden = settings.output === false || policy.content === "none";
  let body: BodyReader | undefined;
  let provider: StreamReader | undefined;
  let text = "";
  let bytes = 0;
  let binaryBytes = 0;
  /** Characters of a text, else chunks. */
  let leftOut = 0;

  const collect = (chunk: unknown): void => {
    const piece = isInstance(chunk, Uint8Array) ? decode(chunk) : chunk;
    const isText = typeof piece === "string" && entries.length === 0;
    if (isText) body?.add(piece);
    if (hidden) return;
    if (bytes > policy.maxFieldBytes) leftOut += isText ? piece.length : 1;
    else if (isText) {
      text += piece;
      bytes += piece.length;
    } else {
      const entry = encodeJson(piece, FIELDS.output.wire, policy).text;
      entries.push(entry);
      bytes += entry.length;
    }
  };

  /** Bytes that are no text (a picture, sound) are only counted. */
  const decode = (chunk: Uint8Array): string => {
    const view = ownBytes(chunk);
    try {
      if (binaryBytes === 0) return decoder.decode(view, { stream: true });
    } catch {
      binaryBytes = text.length;
      text = "";
    }
    binaryBytes += view.byteLength;
    return "";
  };

  const gathered = (returned: unknown): unknown => {
    if (binaryBytes > 0) return `[binary: ${binaryBytes} bytes]`;
    if (entries.length === 0) return text === "" ? returned : text;
    const more = leftOut > 0 ? `[cut: ${leftOut} more]` : "";
    // The texts are this encoder's own, so parsing cannot fail.
    return [text, ...entries.map((entry) => JSON.parse(entry) as unknown), more].filter(
      (part) => part !== "",
    );
  };

  const finish = (returned?: unknown): void => {
    if (!log.recording) return;
    guarded("recording the result", () => {
      const said = body?.read();
      const reading = provider?.reading() ?? said?.reading;
      const pieces = reading?.outputMessage ?? reading?.output ?? said?.value;
      // A whole answer at the end is better than what its pieces are put together to.
      const answer = returned ?? whole;
      const isAnswer = readProviderResponse(answer) !== undefined;
      const value = isAnswer ? answer : (pieces ?? gathered(returned));
      recordResult(log, settings, value, value === text ? leftOut : 0);
      recordReading(log, reading);
    });
  };

  return {
    count: 0,
    add(chunk) {
      const first = this.count++ === 0;
      if (!log.recording) return;
      guarded("recording a chunk", () => {
        if (first) {
          log.note(ATTR_TIME_TO_FIRST_CHUNK, (performance.now() - log.startMillis) / 1000);
          if (contentType) body = startBodyReader(contentType);
        }
        if (provider) provider.add(chunk);
        else if (this.count <= OPENING_CHUNKS && log.type !== "tool") {
          provider = startProviderStream(chunk);
        }
        if (!provider && (body || !hidden)) collect(chunk);
      });
    },
    end(outcome, returned) {
      finish(returned);
      log.end(outcome);
    },
    fail(error) {
      finish();
      log.fail(error);
    },
  };
}
