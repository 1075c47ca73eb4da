import { encodeJson, encodeText } from "../base/encode.ts";
import type { EncodedField, EncodeLimits } from "../base/encode-limits.ts";
import { type JsonText, toJsonText } from "../base/json-text.ts";

/**
 * Collects the fields of one foreign span's reading, masked and cut like our own.
 * An `undefined` value adds nothing.
 */
export class FieldWriter {
  readonly fields: Record<string, JsonText> = {};
  /** Field name to its full size in bytes, for fields that were cut. */
  readonly truncated: Record<string, number> = {};
  readonly #limits: EncodeLimits;

  constructor(limits: EncodeLimits) {
    this.#limits = limits;
  }

  /** A name, a number, an id: nothing in it to mask. */
  scalar(wire: string, value: string | number | undefined): void {
    if (value !== undefined) this.fields[wire] = toJsonText(value);
  }

  json(wire: string, value: unknown): void {
    if (value !== undefined) this.#add(wire, encodeJson(value, wire, this.#limits));
  }

  text(wire: string, value: unknown): void {
    if (value !== undefined) this.#add(wire, encodeText(value, wire, this.#limits));
  }

  #add(wire: string, encoded: EncodedField): void {
    this.fields[wire] = encoded.text;
    if (encoded.fullBytes !== undefined) this.truncated[wire] = encoded.fullBytes;
  }
}
