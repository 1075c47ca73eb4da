import { isObject } from "../base/data-property.ts";
import type { JsonText } from "../base/json-text.ts";
import { FIELDS } from "../spans/fields.ts";
import { guarded } from "../spans/guard.ts";
import type { OpenLog } from "../spans/open-log.ts";
import { isPlainObject } from "./inputs.ts";
import { openLogNow } from "./log-context.ts";
import { typeName } from "./settings.ts";
import type { ChatMessage, PromptKernel } from "./types.ts";

/** A kernel whose template is one text. */
export type TextKernel = PromptKernel & { readonly template: string };

/** A kernel whose template is a list of messages. */
export type MessagesKernel<Messages extends readonly ChatMessage[]> = PromptKernel & {
  readonly template: Messages;
};

/** What a template becomes: a literal text with a place in it is any text; lists are new ones. */
export type Rendered<T> = T extends `${string}{{${string}`
  ? string
  : unknown extends T
    ? T
    : T extends object
      ? { -readonly [K in keyof T]: Rendered<T[K]> }
      : T;

/**
 * Fills the `{{name}}` places of a kernel's template: the text, or a copy of its messages with
 * every text in them filled, in content parts and tool calls too.
 *
 * A string, number or boolean stands as it is, a date and its like as their JSON string says,
 * any other value as its JSON text. What was filled in is not searched for places again, and the
 * kernel is never changed. Only own properties of `inputs` are found.
 *
 * While a `prompt` is the innermost open log, it records the kernel, the inputs in place of the
 * call's arguments, and the filled messages (of a text, one user message) unless the call already
 * has messages of its own. So another template is another version, and other inputs are not. With
 * `inputs: false` only the kernel is recorded. Anywhere else it records nothing.
 *
 * @throws TypeError for names that have no value, all of them named, and for a kernel without a
 *   template.
 * @example
 * const KERNEL = { model: "gpt-4o", template: [{ role: "user", content: "Hello {{name}}" }] } as const;
 * const messages = renderPrompt(KERNEL, { name: "Ada" });
 */
export function renderPrompt(kernel: TextKernel, inputs?: object): string;
export function renderPrompt<const Messages extends readonly ChatMessage[]>(
  kernel: MessagesKernel<Messages>,
  inputs?: object,
): Rendered<Messages>;
export function renderPrompt(kernel: PromptKernel, inputs?: object): string | ChatMessage[];
export function renderPrompt(
  kernel: PromptKernel,
  inputs: object = {},
): string | readonly ChatMessage[] {
  const { template } = kernel;
  if (typeof template !== "string" && !Array.isArray(template)) {
    throw expected("a kernel with a text or messages as its template", template);
  }
  if (!isObject(inputs)) throw expected("inputs by name", inputs);
  const missing = new Set<string>();
  const filled = fill(template, inputs as Readonly<Record<string, unknown>>, missing);
  if (missing.size > 0) {
    const names = [...missing].map((name) => `{{${name}}}`).join(", ");
    throw expected(`inputs for ${names}`, undefined, " Pass every name of the template.");
  }
  const log = openLogNow();
  if (log?.recording && log.type === "prompt") {
    guarded("renderPrompt()", () => recordFilling(log, kernel, inputs, filled));
  }
  return filled;
}

/** A copy of text, list or plain object, filled; anything else as it is. */
function fill<T>(template: T, inputs: Readonly<Record<string, unknown>>, missing: Set<string>): T;
function fill(
  template: unknown,
  inputs: Readonly<Record<string, unknown>>,
  missing: Set<string>,
): unknown {
  if (typeof template === "string") {
    return template.replace(/\{\{([^{}"\\]+)\}\}/g, (place, between: string) => {
      const name = between.trim();
      if (name === "") return place;
      const text = Object.hasOwn(inputs, name) ? textOf(inputs[name]) : undefined;
      if (text === undefined) missing.add(name);
      return text ?? place;
    });
  }
  if (Array.isArray(template)) return template.map((entry) => fill(entry, inputs, missing));
  if (!isPlainObject(template)) return template;
  const entries = Object.entries(template as object);
  return Object.fromEntries(entries.map(([key, value]) => [key, fill(value, inputs, missing)]));
}

/** `undefined` for what has no text: `undefined` itself, a function. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === "function") return undefined;
  if (typeof value !== "object") return String(value);
  const text: string | undefined = JSON.stringify(value);
  return text?.startsWith('"') ? JSON.parse(text) : text;
}

/** By log: the messages that were recorded here, so that a second filling takes their place. */
const FILLED = new WeakMap<OpenLog, JsonText | undefined>();

function recordFilling(
  log: OpenLog,
  kernel: PromptKernel,
  inputs: object,
  filled: string | readonly ChatMessage[],
): void {
  log.set(FIELDS.prompt, kernel);
  if (log.settings.inputs !== false) {
    log.set(FIELDS.inputs, inputs);
    if (log.fields.messages === FILLED.get(log)) {
      const isText = typeof filled === "string";
      log.set(FIELDS.messages, isText ? [{ role: "user", content: filled }] : filled);
      FILLED.set(log, log.fields.messages);
    }
  }
  log.flushAttributes();
}

function expected(what: string, got: unknown, todo = ""): TypeError {
  return new TypeError(`renderPrompt(): expected ${what}, got ${typeName(got)}.${todo}`);
}
