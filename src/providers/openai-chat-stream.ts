import { dataProperty, isObject } from "../base/data-property.ts";
import { asText } from "./chat-messages.ts";
import { asCount, asObject, asObjects, asString, type Data, without } from "./own-data.ts";
import { type Assembly, addText } from "./stream-reader.ts";

/** A chunk, known by its name or, where a server has its own or none, by what its choices are. */
export function asChatChunk(value: unknown): Data | undefined {
  const isNamed = isChunkName(dataProperty(value, "object"));
  const choices = dataProperty(value, "choices");
  // The chunk of the tokens may have `null` in place of an empty list.
  if (!Array.isArray(choices) && !(choices === null && isNamed)) return undefined;
  // Looked at for each piece of a stream: nothing is copied that its name has told already.
  const isChunk = isNamed || asObjects(choices).some(({ delta }) => asObject(delta) !== undefined);
  return isChunk ? asObject(value) : undefined;
}

/**
 * Azure sends its content filter's results first, in a chunk whose names are all empty; Perplexity's
 * last one is a `chat.completion.done`.
 */
function isChunkName(object: unknown): boolean {
  return object === "" || (typeof object === "string" && object.startsWith("chat.completion."));
}

/** One choice as its pieces arrive. */
interface Choice {
  readonly index: number;
  readonly message: Record<string, unknown>;
  readonly toolCalls: ToolCall[];
  /** The call that is open at each index: parallel calls' pieces come interleaved. */
  readonly openCalls: Map<number, ToolCall>;
  finishReason: string | undefined;
  error: unknown;
}

interface ToolCall {
  id: string;
  type: string;
  function: { name: string; arguments: string };
}

/** Puts the chunks of one answer together as a `chat.completion`. */
export class ChatAssembly implements Assembly {
  /** The names of the whole response: its id, its model. */
  readonly #head: Record<string, unknown> = {};
  readonly #choices = new Map<number, Choice>();
  #usage: unknown;
  #error: unknown;

  add(value: unknown): void {
    // Within a stream an error comes in a chunk's place, or in a chunk.
    const failed = dataProperty(value, "error");
    if (failed != null) this.#error ??= failed;
    const chunk = asChatChunk(value);
    if (chunk === undefined) return;
    for (const name of ["id", "created", "model", "system_fingerprint", "service_tier"]) {
      if (!this.#head[name]) this.#head[name] = chunk[name];
    }
    // The last chunk may hold the usage alone, with no choice in it. Groq once had it elsewhere.
    this.#usage = asObject(chunk.usage) ?? asObject(asObject(chunk.x_groq)?.usage) ?? this.#usage;
    for (const entry of asObjects(chunk.choices)) this.#addChoice(entry);
  }

  #addChoice(entry: Data): void {
    const index = asCount(entry.index) ?? 0;
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      const message = { role: "assistant", content: "" };
      const finishReason = undefined;
      choice = { index, message, toolCalls: [], openCalls: new Map(), finishReason, error: null };
      this.#choices.set(index, choice);
    }
    choice.finishReason = asString(entry.finish_reason) ?? choice.finishReason;
    choice.error ??= entry.error;
    const delta = asObject(entry.delta);
    if (delta !== undefined) addDelta(choice, delta);
  }

  response(): unknown {
    const choices = [...this.#choices.values()].map((choice) => ({
      index: choice.index,
      message: {
        ...choice.message,
        ...(choice.toolCalls.length > 0 && { tool_calls: choice.toolCalls }),
      },
      finish_reason: choice.finishReason ?? null,
      ...(choice.error != null && { error: choice.error }),
    }));
    return {
      object: "chat.completion",
      ...without(this.#head),
      choices,
      ...without({ usage: this.#usage, error: this.#error }),
    };
  }
}

function addDelta({ message, toolCalls, openCalls }: Choice, delta: Data): void {
  const { text, thinking } = contentParts(delta.content);
  addText(message, "content", text);
  const thought = asString(delta.reasoning) ?? asString(delta.reasoning_content);
  addText(message, "reasoning", thought ?? thinking);
  addText(message, "refusal", delta.refusal);
  const called = asObject(delta.function_call);
  if (called !== undefined) {
    const call = (message.function_call ?? {}) as Record<string, unknown>;
    addText(call, "name", called.name);
    addText(call, "arguments", called.arguments);
    message.function_call = call;
  }
  const audio = asObject(delta.audio);
  if (audio !== undefined) {
    const sound = (message.audio ?? {}) as Record<string, unknown>;
    sound.id ??= asString(audio.id);
    addText(sound, "transcript", audio.transcript);
    message.audio = sound;
  }
  for (const name of ["annotations", "images"]) {
    const more = delta[name];
    if (Array.isArray(more)) message[name] = [...((message[name] as unknown[]) ?? []), ...more];
  }
  for (const piece of asObjects(delta.tool_calls)) addToolCall(toolCalls, openCalls, piece);
}

function addToolCall(toolCalls: ToolCall[], openCalls: Map<number, ToolCall>, piece: Data): void {
  const id = asString(piece.id) ?? "";
  const called = asObject(piece.function) ?? asObject(piece.custom);
  const name = asString(called?.name) ?? "";
  const given = asText(called?.arguments ?? called?.input ?? "") ?? "";
  const index = asCount(piece.index) ?? placeOf(toolCalls, id || name);
  let call = openCalls.get(index);
  if (call === undefined || isNext(call, id, name, given)) {
    call = { id, type: "function", function: { name, arguments: "" } };
    toolCalls.push(call);
    openCalls.set(index, call);
  }
  call.id ||= id;
  call.function.name ||= name;
  call.function.arguments += given;
}

/** Where no index is given: what has an id or a name begins a call, the rest goes on with the last. */
function placeOf(toolCalls: readonly ToolCall[], begins: string): number {
  const known = toolCalls.findIndex(({ id }) => id !== "" && id === begins);
  if (known >= 0) return known;
  return begins === "" ? Math.max(0, toolCalls.length - 1) : toolCalls.length;
}

/**
 * Some servers give every call index 0: a name under another id begins the next call, and without
 * ids a name with arguments, where those before are whole.
 */
function isNext(call: ToolCall, id: string, name: string, given: string): boolean {
  if (name === "") return false;
  if (call.id !== "" || id !== "") return call.id !== "" && id !== "" && id !== call.id;
  return given !== "" && isWhole(call.function.arguments);
}

function isWhole(json: string): boolean {
  try {
    return isObject(JSON.parse(json));
  } catch {
    return false;
  }
}

/** Mistral's content may be a list, with the thinking in it. */
export function contentParts(content: unknown): { text: string; thinking: string } {
  let text = asString(content) ?? "";
  let thinking = "";
  for (const part of asObjects(content)) {
    if (part.type === "thinking") thinking += contentParts(part.thinking).text;
    else text += asString(part.text) ?? "";
  }
  return { text, thinking };
}
