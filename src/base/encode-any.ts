import { builtinValue } from "./builtin-values.ts";
import { className, dataProperty } from "./data-property.ts";
import {
  type EncodedField,
  type EncodeLimits,
  LONGEST_SECRET,
  MASKED_FIELD,
  MAX_DEPTH,
  MaskFailed,
  maskString,
  utf8Bytes,
} from "./encode-limits.ts";
import type { JsonText } from "./json-text.ts";
import { isSecretKey, MASKED, maskSecrets } from "./mask.ts";

/**
 * The slow way of the encoder: takes anything. Cycles, depth, functions, getters and objects
 * that throw leave a marker in square brackets; what is over the cap is left out and counted.
 */
export function encodeAny(value: unknown, path: string, limits: EncodeLimits): EncodedField {
  const writer = new Writer(limits);
  try {
    const text = writer.write(value, path, 0) as JsonText;
    return writer.cut ? { text, fullBytes: writer.fullBytes } : { text };
  } catch (error) {
    return {
      text: error instanceof MaskFailed ? MASKED_FIELD : (marker("unreadable") as JsonText),
    };
  }
}

/** Past the cap, so many values are still measured: the user's call must not wait for more. */
const MAX_MEASURED = 100_000;

/** JSON text of a marker, for example `"[circular]"`. */
function marker(text: string): string {
  return `"[${text}]"`;
}

class Writer {
  readonly #limits: EncodeLimits;
  /** Objects that are being written: meeting one again is a cycle. */
  readonly #open = new Set<object>();
  #bytesLeft: number;
  #measured = 0;
  /** Something did not fit. */
  cut = false;
  /** What the text would take without the cap, about; a lower bound for very many values. */
  fullBytes = 0;

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
      // What one value and its comma take at the least is two bytes.
      const most = Math.max(this.#bytesLeft / 2, MAX_MEASURED - this.#measured);
      const standIn = builtinValue(object, most);
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
    const parts = this.#list(
      array.length,
      (index) =>
        this.#property(array, String(index), `${path}.${index}`, depth) ?? this.#take("null"),
      (left) => marker(`cut: ${left} more`),
    );
    return `[${parts}]`;
  }

  #entries(object: object, path: string, depth: number): string {
    const keys = Object.keys(object);
    if (keys.length === 0) {
      // What keeps its data where it can't be seen says at least what it is.
      const name = dataProperty(object, Symbol.toStringTag) ?? className(object);
      if (typeof name === "string" && name !== "" && name !== "Object") {
        return this.#string(`[${name}]`);
      }
    }
    const parts = this.#list(
      keys.length,
      (index) => {
        const key = keys[index] as string;
        const name = this.#string(key);
        const text = this.#property(object, key, `${path}.${key}`, depth);
        return text && `${name}:${text}`;
      },
      (left) => `${marker("cut")}:${marker(`${left} more`)}`,
    );
    return `{${parts}}`;
  }

  /**
   * The texts of an array's or object's members, joined. Past the cap one marker stands for the
   * rest, which is only measured.
   */
  #list(
    length: number,
    write: (index: number) => string | undefined,
    cut: (left: number) => string,
  ): string {
    const parts: string[] = [];
    let whole = true;
    this.#take("[]");
    for (let index = 0; index < length; index++) {
      if (this.#bytesLeft > 0) {
        const text = write(index);
        if (text !== undefined) parts.push(text);
        continue;
      }
      if (whole) parts.push(cut(length - index));
      whole = false;
      this.cut = true;
      if (this.#measured++ >= MAX_MEASURED) {
        this.fullBytes += 2 * (length - index);
        break;
      }
      write(index);
    }
    return parts.join(",");
  }

  /** One property's text, without running a getter; `undefined` for an absent value. */
  #property(object: object, key: string, path: string, depth: number): string | undefined {
    let property: PropertyDescriptor | undefined;
    try {
      property = Object.getOwnPropertyDescriptor(object, key);
    } catch {
      return this.#mark("unreadable");
    }
    if (property === undefined) return undefined;
    if (!("value" in property)) return this.#mark("getter");
    if (property.value === undefined) return undefined;
    if (isSecretKey(key)) return this.#take(JSON.stringify(MASKED));
    return this.write(property.value, path, depth + 1);
  }

  /** A string's text; without a path it is a key, which the user's mask is not asked about. */
  #string(text: string, path?: string): string {
    if (this.#measured > 0) return this.#take("", text.length + 2);
    const left = Math.max(0, this.#bytesLeft);
    // What cannot fit is not even masked: a 100 MB string costs no more than the cap. But a
    // secret that the cut goes through has to be seen whole.
    const start = text.slice(0, left + LONGEST_SECRET);
    let kept = path === undefined ? maskSecrets(start) : maskString(start, path, this.#limits.mask);
    let written = JSON.stringify(kept);
    let bytes = utf8Bytes(written);
    if (bytes <= left && text.length <= left) return this.#take(written, bytes);
    const length = text.length + (this.#limits.lostLength ?? 0);
    this.cut = true;
    this.fullBytes += length + 2;
    while (bytes > left && kept !== "") {
      kept = kept.slice(0, (kept.length * left) / bytes);
      written = JSON.stringify(kept);
      bytes = utf8Bytes(written);
    }
    this.#bytesLeft = 0;
    // Half a surrogate pair is no character.
    kept = kept.replace(/[\ud800-\udbff]$/, "");
    return JSON.stringify(`${kept} [cut: ${length} characters in all]`);
  }

  #mark(text: string): string {
    return this.#take(marker(text));
  }

  /** Counts a text with the comma behind it. */
  #take(text: string, bytes: number = text.length): string {
    this.#bytesLeft -= bytes + 1;
    this.fullBytes += bytes + 1;
    return text;
  }
}
