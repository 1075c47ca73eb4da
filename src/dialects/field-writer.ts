import { isMessages, repairMessages } from "../base/chat-message.ts";
import { encodeJson, encodeText } from "../base/encode.ts";
import type { EncodedField, EncodeLimits } from "../base/encode-limits.ts";
import { type JsonText, toJsonText } from "../base/json-text.ts";
import { LOG_FIELDS } from "../base/log-fields.ts";
import { maskSecrets } from "../base/mask.ts";

/** How a field's JSON text has to begin, by wire name. */
const OPENS: ReadonlyMap<string, string | undefined> = new Map(
  LOG_FIELDS.map(({ wire, opens }) => [wire, opens]),
);

/** The JSON text of a scalar, secrets masked. */
export function scalarText(value: string | number | boolean): JsonText {
  return toJsonText(typeof value === "string" ? maskSecrets(value) : value);
}

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

  /** A name, a number, an id: no content, but it may hold a secret. */
  scalar(wire: string, value: string | number | boolean | undefined): void {
    if (value !== undefined) this.fields[wire] = scalarText(value);
  }

  json(wire: string, value: unknown): void {
    if (value === undefined) return;
    const encoded = encodeJson(value, wire, this.#limits);
    // A marker for the whole value may stand where only an object or a list may.
    if (!encoded.text.startsWith(OPENS.get(wire) ?? "")) return;
    const isCut = encoded.fullBytes !== undefined && isMessages(wire);
    const text = isCut ? repairMessages(encoded.text, value) : encoded.text;
    this.#add(wire, { ...encoded, text });
  }

  text(wire: string, value: unknown): void {
    if (value !== undefined) this.#add(wire, encodeText(value, wire, this.#limits));
  }

  #add(wire: string, encoded: EncodedField): void {
    this.fields[wire] = encoded.text;
    if (encoded.fullBytes !== undefined) this.truncated[wire] = encoded.fullBytes;
  }
}
