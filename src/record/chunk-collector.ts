import { ATTR_TIME_TO_FIRST_CHUNK } from "../base/attributes.ts";
import { encodeJson } from "../base/encode.ts";
import { type StreamReader, startProviderStream } from "../providers/index.ts";
import { FIELDS } from "./fields.ts";
import { guarded } from "./guard.ts";
import type { OpenLog } from "./open-log.ts";
import { recordReading } from "./result.ts";
import type { Settings } from "./settings.ts";

/**
 * Puts together what a generator or stream gives, chunk by chunk, within the field's byte cap:
 * a provider's chunks by their shape, strings and bytes as one text, anything else as a list.
 *
 * Each chunk is encoded when it passes: consumers may change it afterwards.
 */
export class ChunkCollector {
  readonly #log: OpenLog;
  readonly #settings: Settings;
  #first = true;
  #provider: StreamReader | undefined;
  #text = "";
  readonly #decoder = new TextDecoder();
  readonly #entries: string[] = [];
  #entriesBytes = 0;
  #leftOut = 0;

  constructor(log: OpenLog, settings: Settings) {
    this.#log = log;
    this.#settings = settings;
  }

  /** Takes the next chunk. Never throws. */
  add(chunk: unknown): void {
    if (!this.#log.recording) return;
    guarded("recording a chunk", () => this.#add(chunk));
  }

  #add(chunk: unknown): void {
    if (this.#first) {
      this.#first = false;
      const seconds = (performance.now() - this.#log.startMillis) / 1000;
      this.#log.note(ATTR_TIME_TO_FIRST_CHUNK, seconds);
      if (this.#log.type !== "tool") this.#provider = startProviderStream(chunk);
      if (this.#provider !== undefined) return;
    }
    if (this.#provider !== undefined) return this.#provider.add(chunk);
    if (this.#settings.output === false || this.#log.policy.content === "none") return;
    this.#collect(chunk);
  }

  #collect(chunk: unknown): void {
    const { policy } = this.#log;
    const isBytes = chunk instanceof Uint8Array;
    const piece = isBytes ? this.#decoder.decode(chunk, { stream: true }) : chunk;
    if (typeof piece === "string" && this.#entries.length === 0) {
      if (this.#text.length <= policy.maxFieldBytes) this.#text += piece;
    } else if (this.#entriesBytes > policy.maxFieldBytes) {
      this.#leftOut++;
    } else {
      const { text } = encodeJson(piece, FIELDS.output.wire, policy);
      this.#entries.push(text);
      this.#entriesBytes += text.length;
    }
  }

  /** Records what was put together. `returned` is what a generator returned, if anything. */
  finish(returned?: unknown): void {
    const { output } = this.#settings;
    if (this.#provider !== undefined) return recordReading(this.#log, this.#provider.reading());
    if (output === false || this.#log.fields.output !== undefined) return;
    const gathered = this.#gathered(returned);
    if (gathered === undefined) return;
    const made =
      typeof output === "function"
        ? guarded("the output option", () => output(gathered))
        : gathered;
    this.#log.set(FIELDS.output, made);
  }

  #gathered(returned: unknown): unknown {
    if (this.#entries.length === 0) return this.#text === "" ? returned : this.#text;
    // The texts are this encoder's own, so parsing cannot fail.
    const list: unknown[] = this.#entries.map((text) => JSON.parse(text));
    if (this.#text !== "") list.unshift(this.#text);
    if (this.#leftOut > 0) list.push(`[cut: ${this.#leftOut} more]`);
    return list;
  }
}
