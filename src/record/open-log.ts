import { type Attributes, type Span, SpanStatusCode } from "@opentelemetry/api";
import {
  ATTR_OUTCOME,
  ATTR_QUERY_ENVIRONMENT,
  ATTR_QUERY_VERSION_ID,
  ATTR_REQUEST_MODEL,
  ATTR_TRUNCATED,
  ATTR_TYPE,
} from "../base/attributes.ts";
import { dataProperty } from "../base/data-property.ts";
import { encodeJson, encodeText } from "../base/encode.ts";
import { type JsonText, mergeObjectTexts, toJsonText } from "../base/json-text.ts";
import type { LogField } from "../base/log-fields.ts";
import type { LogType, Outcome, VersionQuery } from "../base/log-types.ts";
import { maskSecrets } from "../base/mask.ts";
import type { RecordedLog, RecordingPolicy } from "../base/shared-state.ts";
import { errorName, errorText, isAbort } from "./error-text.ts";
import { FIELDS } from "./fields.ts";
import { guarded, warn } from "./guard.ts";

/** Fields that are objects and are put together from options and `record()`. */
const MERGED: ReadonlySet<string> = new Set(["metadata", "prompt", "flow", "tool"]);

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
  readonly query: VersionQuery;
  readonly fields: Record<string, JsonText> = {};
  readonly meta: Record<string, JsonText> = {};
  readonly policy: RecordingPolicy;
  /** When the call began, by `performance.now()`. */
  readonly startMillis: number = performance.now();
  /** Full sizes of the fields that were cut, in bytes. */
  readonly #truncated: Record<string, number> = {};
  readonly #span: Span;
  #attributes: Attributes;
  #open: boolean;

  constructor(
    span: Span,
    type: LogType,
    policy: RecordingPolicy,
    query: VersionQuery,
    parentRootId: string | undefined,
  ) {
    const { traceId, spanId } = span.spanContext();
    this.#span = span;
    this.type = type;
    this.policy = policy;
    this.query = query;
    this.id = `log_${traceId}${spanId}`;
    this.rootId = parentRootId || (type === "flow" ? this.id : "");
    this.#open = span.isRecording();
    this.#attributes = {
      [ATTR_TYPE]: type,
      [ATTR_QUERY_VERSION_ID]: query.versionId,
      [ATTR_QUERY_ENVIRONMENT]: query.deployedEnvironment,
    };
  }

  /** False once the span has ended, and for a span that was sampled out. */
  get recording(): boolean {
    return this.#open;
  }

  /** Takes one field's value. Its attribute is written with the next `flushAttributes`. */
  set(field: LogField, value: unknown): void {
    if (!this.#open || value === undefined) return;
    if (field.payload && this.policy.content === "none") return;
    if (!field.types.includes(this.type)) {
      warn(`${field.option} was left out: a ${this.type} log has no such field.`);
      return;
    }
    guarded(`recording ${field.option}`, () => this.#encode(field, value));
  }

  #encode(field: LogField, value: unknown): void {
    switch (field.kind) {
      case "string":
        return this.#string(field, value instanceof Date ? value.toISOString() : value);
      case "number":
      case "boolean":
        return this.#scalar(field, value);
      case "text":
        return this.#text(field, value);
      case "json":
        return this.#json(field, value);
      default:
        field.kind satisfies never;
    }
  }

  #string(field: LogField, value: unknown): void {
    this.#scalar(field, typeof value === "string" ? maskSecrets(value) : value);
  }

  #scalar(field: LogField, value: unknown): void {
    const came: string = typeof value;
    if (came !== field.kind || (came === "number" && !Number.isFinite(value))) {
      return warn(`${field.option} was left out: expected a ${field.kind}, got ${came}.`);
    }
    this.fields[field.wire] = toJsonText(value);
    this.#attributes[field.attribute] = value as string | number | boolean;
  }

  #text(field: LogField, value: unknown): void {
    if (value === null) return this.#store(field, "null" as JsonText, undefined);
    const { text, plain, fullBytes } = encodeText(value, field.wire, this.policy);
    this.#store(field, text, fullBytes, plain);
  }

  #json(field: LogField, value: unknown): void {
    const { text, fullBytes } = encodeJson(value, field.wire, this.policy);
    const merged = MERGED.has(field.wire) ? mergeObjectTexts(this.fields[field.wire], text) : text;
    this.#store(field, merged ?? text, fullBytes);
    if (field.wire === "prompt") this.#requestModel(value);
  }

  #store(field: LogField, text: JsonText, fullBytes: number | undefined, plain?: string): void {
    this.fields[field.wire] = text;
    if (fullBytes !== undefined) this.#truncated[field.wire] = fullBytes;
    if (!field.payload || this.policy.content === "span") {
      this.#attributes[field.attribute] = plain ?? text;
    }
  }

  #requestModel(kernel: unknown): void {
    const model = dataProperty(kernel, "model");
    if (typeof model === "string") this.note(ATTR_REQUEST_MODEL, model);
  }

  /** Takes a field's text as it is: what `withLogContext` encoded once for many logs. */
  setText(field: LogField, text: JsonText): void {
    if (!this.#open || !field.types.includes(this.type)) return;
    this.fields[field.wire] = text;
    this.#attributes[field.attribute] =
      field.kind === "json" ? text : (JSON.parse(text) as string | number | boolean);
  }

  /** Takes a `gen_ai.*` scalar that the Log API has no field for; it goes to the metadata. */
  note(attribute: string, value: string | number | undefined): void {
    if (this.#open && value !== undefined) this.#attributes[attribute] = value;
  }

  /** Writes what was taken since the last time to the span, so that an open span shows it. */
  flushAttributes(): void {
    if (!this.#open) return;
    const attributes = this.#attributes;
    this.#attributes = {};
    guarded("writing attributes", () => this.#span.setAttributes(attributes));
  }

  /** Ends the span with what was thrown. */
  fail(error: unknown): void {
    if (!this.#open) return;
    guarded("recording the error", () => {
      const text = errorText(error, this.policy);
      this.set(FIELDS.error, text);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: text });
      this.#span.addEvent("exception", {
        "exception.type": errorName(error),
        "exception.message": text,
        "exception.stacktrace": stackOf(error),
      });
    });
    this.end(isAbort(error) ? "aborted" : "error");
  }

  /** Ends the span. Later calls do nothing. */
  end(outcome: Outcome): void {
    if (!this.#open) return;
    if (outcome !== "ok") {
      this.meta.outcome = toJsonText(outcome);
      this.#attributes[ATTR_OUTCOME] = outcome;
    }
    if (Object.keys(this.#truncated).length > 0) {
      this.meta.truncated = toJsonText(this.#truncated);
      this.#attributes[ATTR_TRUNCATED] = this.meta.truncated;
    }
    const { content, contentAttributes } = this.policy;
    if (content === "span") {
      guarded("more attributes", () => Object.assign(this.#attributes, contentAttributes?.(this)));
    }
    this.flushAttributes();
    this.#open = false;
    guarded("ending the span", () => this.#span.end());
  }
}

function stackOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? error.stack : undefined;
  return typeof stack === "string" ? maskSecrets(stack) : undefined;
}
