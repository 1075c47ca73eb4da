import { builtinValue } from "./builtin-values.ts";
import {
  type EncodedField,
  type EncodeLimits,
  MASKED_FIELD,
  MAX_DEPTH,
  MaskFailed,
  maskString,
  utf8Bytes,
} from "./encode-limits.ts";
import type { JsonText } from "./json-text.ts";
import { isSecretKey, MASKED, maskSecrets } from "./mask.ts";
import { measureBytes } from "./measure.ts";

/**
 * The slow way of the encoder: takes anything. Cycles, depth, functions, getters and objects
 * that throw leave a marker in square brackets; what is over the cap is left out and counted.
 */
export function encodeAny(value: unknown, path: string, limits: EncodeLimits): EncodedField {
  const writer = new Writer(limits);
  try {
    const text = writer.write(value, path, 0) as JsonText;
    return writer.cut ? { text, fullBytes: measureBytes(value) } : { text };
  } catch (error) {
    return {
      text: error instanceof MaskFailed ? MASKED_FIELD : (marker("unreadable") as JsonText),
    };
  }
}

/** In characters: a private key is the longest. */
const LONGEST_SECRET = 16_384;

/** JSON text of a marker, for example `"[circular]"`. */
function marker(text: string): string {
  return `"[${text}]"`;
}

class Writer {
  readonly #limits: EncodeLimits;
  /** Objects that are being written: meeting one again is a cycle. */
  readonly #open = new Set<object>();
  #bytesLeft: number;
  /** Something did not fit. */
  cut = false;

  constructor(limits: EncodeLimits) {
    this.#limits = limits;
    this.#bytesLeft = limits.maxFieldBytes;
  }

  write(value: unknown, path: string, depth: number): string {
    switch (typeof value) {
      case "string":
        return this.#string(value, path);
      case "number":
        return this.#take(Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`);
      case "boolean":
        return this.#take(String(value));
      case "bigint":
      case "symbol":
        return this.#string(value.toString(), path);
      case "undefined":
        return this.#take("null");
      case "function":
        return this.#mark("function");
      default:
        return value === null ? this.#take("null") : this.#object(value as object, path, depth);
    }
  }

  #object(object: object, path: string, depth: number): string {
    if (this.#open.has(object)) return this.#mark("circular");
    if (depth >= MAX_DEPTH) return this.#mark(`deeper than ${MAX_DEPTH}`);
    this.#open.add(object);
    try {
      const standIn = builtinValue(object);
      if (standIn !== undefined) return this.write(standIn.value, path, depth + 1);
      return Array.isArray(object)
        ? this.#array(object, path, depth)
        : this.#entries(object, path, depth);
    } catch (error) {
      if (error instanceof MaskFailed) throw error;
      return this.#mark("unreadable");
    } finally {
      this.#open.delete(object);
    }
  }

  #array(array: readonly unknown[], path: string, depth: number): string {
    const parts: string[] = [];
    const { length } = array;
    for (let index = 0; index < length; index++) {
      if (this.#spent()) {
        parts.push(marker(`cut: ${length - index} more`));
        break;
      }
      parts.push(this.#property(array, String(index), `${path}.${index}`, depth) ?? "null");
      this.#bytesLeft--;
    }
    return `[${parts.join(",")}]`;
  }

  #entries(object: object, path: string, depth: number): string {
    const parts: string[] = [];
    const keys = Object.keys(object);
    for (const [index, key] of keys.entries()) {
      if (this.#spent()) {
        parts.push(`${marker("cut")}:${marker(`${keys.length - index} more`)}`);
        break;
      }
      const name = this.#string(key);
      const text = this.#property(object, key, `${path}.${key}`, depth);
      if (text !== undefined) parts.push(`${name}:${text}`);
    }
    return `{${parts.join(",")}}`;
  }

  /** One property's text, without running a getter; `undefined` for an absent value. */
  #property(object: object, key: string, path: string, depth: number): string | undefined {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property === undefined) return undefined;
    if (!("value" in property)) return this.#mark("getter");
    if (property.value === undefined) return undefined;
    if (isSecretKey(key)) return this.#take(JSON.stringify(MASKED));
    return this.write(property.value, path, depth + 1);
  }

  /** A string's text; without a path it is a key, which the user's mask is not asked about. */
  #string(text: string, path?: string): string {
    // What cannot fit is not even masked: a 100 MB string costs no more than the cap. But a
    // secret that the cut goes through has to be seen whole.
    const left = Math.max(0, this.#bytesLeft);
    const whole = text.length <= left;
    const start = text.slice(0, left + LONGEST_SECRET);
    const masked =
      path === undefined ? maskSecrets(start) : maskString(start, path, this.#limits.mask);
    const written = JSON.stringify(masked);
    const bytes = utf8Bytes(written);
    if (whole && bytes <= this.#bytesLeft) {
      this.#bytesLeft -= bytes;
      return written;
    }
    this.cut = true;
    const kept = masked.slice(0, Math.floor(masked.length * Math.min(1, left / bytes)));
    this.#bytesLeft = 0;
    return JSON.stringify(`${kept} [cut: ${text.length} characters in all]`);
  }

  #mark(text: string): string {
    return this.#take(marker(text));
  }

  #take(text: string): string {
    this.#bytesLeft -= text.length + 1;
    return text;
  }

  #spent(): boolean {
    if (this.#bytesLeft > 0) return false;
    this.cut = true;
    return true;
  }
}
