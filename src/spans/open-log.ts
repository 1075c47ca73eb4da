import type { Attributes, Span } from "@opentelemetry/api";
import {
  ATTR_OUTCOME,
  ATTR_QUERY_ENVIRONMENT,
  ATTR_QUERY_VERSION_ID,
  ATTR_REQUEST_MODEL,
  ATTR_TRUNCATED,
} from "../base/attributes.ts";
import { isMessages, repairMessages } from "../base/chat-message.ts";
import { dataProperty, isError, isObject } from "../base/data-property.ts";
import { encodeJson, encodeText } from "../base/encode.ts";
import { type EncodedField, fitsBytes } from "../base/encode-limits.ts";
import { errorName, errorText, isAbort } from "../base/error-text.ts";
import { type JsonText, mergeObjectTexts, toJsonText } from "../base/json-text.ts";
import { LOG_FIELDS, type LogField } from "../base/log-fields.ts";
import type { LogType, Outcome, VersionQuery } from "../base/log-types.ts";
import { maskSecrets } from "../base/mask.ts";
import type { ParentLog } from "../base/remote-parent.ts";
import type { RecordedLog, RecordingPolicy } from "../base/shared-state.ts";
import { FIELDS, fits } from "./fields.ts";
import { guarded, leftOut } from "./guard.ts";
import { SpanStatusCode } from "./otel-api.ts";

/**
 * Whether payloads are not to be stored. By itself, for those below: they ask until they end, since
 * `save: false` may be said late, and must not hold the log above with all of its content.
 */
interface Saving {
  isOff: boolean;
  above: Saving | undefined;
}

/** What an open log has to know of the call that it is of. */
export interface LogSettings {
  readonly type: LogType;
  readonly query: VersionQuery;
  /** `false`: the call's inputs are not to be recorded. */
  readonly inputs?: unknown;
}

/** A late `save: false` is looked for this far above. Calls may be 100,000 deep. */
const MAX_ASKED = 1_000;

/**
 * One log while its span is open: takes fields as they are seen, writes them to the span and to
 * the side table, and ends the span exactly once.
 *
 * No method throws. A log that is not recording (sampled out) takes everything and keeps nothing.
 */
export class OpenLog implements RecordedLog {
  readonly type: LogType;
  /** The log's id in the Log API. */
  readonly id: string;
  /** The root Flow's log id, as far as our own wrappers know; empty when there is none. */
  readonly rootId: string;
  /** False: the sampler left it out. */
  readonly sampled: boolean;
  readonly query: VersionQuery;
  readonly fields: Record<string, JsonText> = {};
  readonly meta: Record<string, JsonText> = {};
  readonly policy: RecordingPolicy;
  readonly settings: LogSettings;
  /** When the call began, by `performance.now()`. */
  readonly startMillis: number = performance.now();
  /** What is still to be recorded when the span ends. */
  atEnd: (() => void) | undefined;
  /** What the answer itself says went wrong: its end is an error then, though nothing was thrown. */
  fault: string | undefined;
  /** Full sizes of the fields that were cut, in bytes. */
  readonly #truncated: Record<string, number> = {};
  readonly #span: Span;
  #attributes: Attributes;
  #open: boolean;
  readonly saving: Saving;
  readonly #isUnsavedAbove: boolean;
  /** What stands for an error's text where content is not to be seen. */
  #errorType = "error";

  constructor(
    span: Span,
    settings: LogSettings,
    policy: RecordingPolicy,
    above: ParentLog | undefined,
  ) {
    const { traceId, spanId } = span.spanContext();
    this.#span = span;
    const { type, query } = settings;
    this.settings = settings;
    this.type = type;
    this.policy = policy;
    this.query = query;
    this.id = `log_${traceId}${spanId}`;
    this.#open = span.isRecording();
    this.sampled = this.#open;
    // A custom sampler may leave out a Flow and not what is in it: that is under no Flow then.
    const rootAbove = above?.sampled === this.sampled ? above.rootId : "";
    this.rootId = rootAbove || (type === "flow" ? this.id : "");
    const isOff = above?.unsaved ?? false;
    this.#isUnsavedAbove = isOff;
    this.saving = { isOff, above: (above as Partial<OpenLog> | undefined)?.saving };
    this.#attributes = {
      [ATTR_QUERY_VERSION_ID]: query.versionId,
      [ATTR_QUERY_ENVIRONMENT]: query.deployedEnvironment,
    };
  }

  /** True: nothing of the payload is stored, by its own `save` or by one above. */
  get unsaved(): boolean {
    let at: Saving | undefined = this.saving;
    for (let depth = 0; at && depth < MAX_ASKED; depth++) {
      if (at.isOff) return true;
      at = at.above;
    }
    return false;
  }

  /** False once the span has ended, and for a span that was sampled out. */
  get recording(): boolean {
    return this.#open;
  }

  /**
   * Takes one field's value. Its attribute is written with the next `flushAttributes`.
   *
   * @param lostLength characters that a text over the cap had besides.
   */
  set(field: LogField, value: unknown, lostLength?: number): void {
    if (!this.#open || value === undefined) return;
    if (field.payload && (this.policy.content === "none" || this.unsaved)) return;
    if (!field.types.includes(this.type)) {
      leftOut(field.option, "there is no such field");
      return;
    }
    if (!fits(field, value)) return wrongForm(field);
    guarded(`recording ${field.option}`, () => {
      if (field.kind === "json") this.#json(field, value);
      else if (field.kind === "text") this.#text(field, value, lostLength);
      else this.#scalar(field, isObject(value) ? Date.prototype.toISOString.call(value) : value);
    });
  }

  #scalar(field: LogField, value: unknown): void {
    if (typeof value === "string") {
      const encoded = encodeText(value, field.wire, { ...this.policy, mask: undefined });
      this.#store(field, encoded, encoded.plain);
    } else this.#store(field, { text: toJsonText(value) }, value as number | boolean);
  }

  #text(field: LogField, value: unknown, lostLength?: number): void {
    if (value === null) return this.#store(field, { text: toJsonText(value) });
    const encoded = encodeText(value, field.wire, { ...this.policy, lostLength });
    this.#store(field, encoded, encoded.plain);
  }

  #json(field: LogField, value: unknown): void {
    const { wire, opens = "" } = field;
    let encoded = encodeJson(value, wire, this.policy);
    const before = this.fields[wire];
    // The options' kernel, named once more by what fills its template.
    if (before === encoded.text) return;
    // A marker for the whole value may stand where only an object or a list may.
    if (!encoded.text.startsWith(opens) && value !== null) return wrongForm(field);
    if (before !== undefined && (wire === "metadata" || wire === this.type)) {
      const text = mergeObjectTexts(before, encoded.text) ?? before;
      // Repeated keys add up: parsing leaves one of each.
      encoded = fitsBytes(text, this.policy.maxFieldBytes)
        ? { ...encoded, text }
        : encodeJson(JSON.parse(text), wire, this.policy);
    } else if (encoded.fullBytes !== undefined && isMessages(wire)) {
      encoded = { ...encoded, text: repairMessages(encoded.text, value) };
    }
    this.#store(field, encoded);
    const model = wire === "prompt" ? dataProperty(value, "model") : undefined;
    if (typeof model === "string") this.note(ATTR_REQUEST_MODEL, model);
  }

  #store(
    { wire, attribute, payload }: LogField,
    { text, fullBytes }: EncodedField,
    plain: string | number | boolean = text,
  ): void {
    this.fields[wire] = text;
    if (wire === "save") this.saving.isOff = this.#isUnsavedAbove || text === "false";
    if (fullBytes !== undefined) {
      this.#truncated[wire] = fullBytes;
      this.#attributes[ATTR_TRUNCATED] = this.meta.truncated = toJsonText(this.#truncated);
    }
    if (this.policy.content === "span") this.#attributes[attribute] = plain;
    else if (!payload) this.#attributes[attribute] = wire === "error" ? this.#errorType : plain;
  }

  /** Takes a field's text as it is: what `withLogContext` encoded once for many logs. */
  setText(field: LogField, text: JsonText): void {
    if (!this.#open || !field.types.includes(this.type)) return;
    this.#store(field, { text }, field.kind === "json" ? text : JSON.parse(text));
  }

  /** Takes a `gen_ai.*` scalar that the Log API has no field for; it goes to the metadata. */
  note(attribute: string, value: string | number | undefined): void {
    if (!this.#open || value === undefined) return;
    this.#attributes[attribute] = typeof value === "string" ? maskSecrets(value) : value;
  }

  /** Writes what was taken since the last time to the span, so that an open span shows it. */
  flushAttributes(): void {
    if (!this.#open) return;
    const attributes = this.#attributes;
    this.#attributes = {};
    guarded("recording attributes", () => this.#span.setAttributes(attributes));
  }

  /** Ends the span with what was thrown. */
  fail(error: unknown): void {
    if (!this.#open) return;
    guarded("recording the error", () => {
      this.#errorType = maskSecrets(errorName(error));
      this.set(FIELDS.error, errorText(error, this.policy));
      // Masked and within the cap, as the field has it.
      const message = this.#attributes[FIELDS.error.attribute] as string;
      const isShown = this.policy.content === "span";
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
      this.#span.addEvent("exception", {
        "exception.type": this.#errorType,
        ...(isShown && {
          "exception.message": message,
          "exception.stacktrace": this.#stackOf(error),
        }),
      });
    });
    this.end(isAbort(error) ? "aborted" : "error");
  }

  /** The stack may be a getter of the user's, and is the one getter that has to be run. */
  #stackOf(error: unknown): string | undefined {
    const stack = isError(error) ? guarded("the stack", () => error.stack) : undefined;
    return typeof stack === "string" ? encodeText(stack, "error", this.policy).plain : undefined;
  }

  /** What was taken before `save: false` was said. A span's attribute can be emptied, not removed. */
  #forgetContent(): void {
    for (const { payload, wire, attribute } of LOG_FIELDS) {
      if (!payload || this.fields[wire] === undefined) continue;
      delete this.fields[wire];
      if (this.policy.content === "span") this.#attributes[attribute] = "";
    }
  }

  /** Ends the span. Later calls do nothing. */
  end(outcome: Outcome): void {
    if (!this.#open) return;
    if (outcome === "ok" && this.fault !== undefined) return this.fail(this.fault);
    guarded("the end", () => this.atEnd?.());
    this.saving.isOff = this.unsaved;
    // Calls that begin one another without an end must not be held.
    this.saving.above = undefined;
    if (this.unsaved) this.#forgetContent();
    if (outcome !== "ok") {
      this.meta.outcome = toJsonText(outcome);
      this.#attributes[ATTR_OUTCOME] = outcome;
    }
    const { content, contentAttributes } = this.policy;
    if (content === "span") {
      guarded("recording attributes", () =>
        Object.assign(this.#attributes, contentAttributes?.(this)),
      );
    }
    this.flushAttributes();
    this.#open = false;
    guarded("the span's end", () => this.#span.end());
  }
}

function wrongForm(field: LogField): void {
  leftOut(field.option, `expected ${field.opens ?? field.kind}`);
}
