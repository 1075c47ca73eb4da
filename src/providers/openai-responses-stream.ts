import { dataProperty, isObject } from "../base/data-property.ts";
import { asCount, asObject, type Data } from "./own-data.ts";
import { type Assembly, addText } from "./stream-reader.ts";

/** True for an event of the responses' stream that may begin it. */
export function isResponsesEvent(chunk: unknown): boolean {
  const type = dataProperty(chunk, "type");
  if (typeof type !== "string" || !type.startsWith("response.")) return false;
  return (
    isObject(dataProperty(chunk, "response")) ||
    asCount(dataProperty(chunk, "output_index")) !== undefined
  );
}

/** What grows by an event's `delta`: a field of the item, or the text of one of its parts. */
interface Growth {
  readonly list?: "content" | "summary";
  readonly partType?: string;
  readonly field: string;
}

const GROWTHS: ReadonlyMap<unknown, Growth> = new Map<unknown, Growth>([
  ["response.output_text.delta", { list: "content", partType: "output_text", field: "text" }],
  ["response.refusal.delta", { list: "content", partType: "refusal", field: "refusal" }],
  ["response.reasoning_text.delta", { list: "content", partType: "reasoning_text", field: "text" }],
  [
    "response.reasoning_summary_text.delta",
    { list: "summary", partType: "summary_text", field: "text" },
  ],
  ["response.code_interpreter_call_code.delta", { field: "code" }],
  ["response.custom_tool_call_input.delta", { field: "input" }],
  ["response.function_call_arguments.delta", { field: "arguments" }],
  ["response.mcp_call_arguments.delta", { field: "arguments" }],
]);

/** An event that ends the stream, by the response's status. */
const ENDED = /^response\.(completed|incomplete|failed)$/;

type Part = Record<string, unknown>;

/** One item of the output as its pieces arrive. */
interface Item {
  readonly fields: Part;
  /** By their place. */
  readonly content: Map<number, Part>;
  readonly summary: Map<number, Part>;
}

/**
 * Puts a stream's events together as a `response`. The last event holds all of it; the items before
 * it count when the stream was cut, and where a server leaves them out there.
 */
export class ResponsesAssembly implements Assembly {
  #response: Data = {};
  /** By their place in the output. */
  readonly #items = new Map<number, Item>();
  #error: unknown;

  add(chunk: unknown): void {
    const event = asObject(chunk);
    if (event === undefined) return;
    // Some servers leave out at the end what they have said before, and the status.
    const [, status] = ENDED.exec(String(event.type)) ?? [];
    this.#response = { ...this.#response, ...(status && { status }), ...asObject(event.response) };
    if (event.error != null) this.#error = event.error;
    else if (event.type === "error") this.#error = event;

    const place = asCount(event.output_index);
    const fields = asObject(event.item);
    const growth = GROWTHS.get(event.type);
    if (place === undefined) return;
    if (fields !== undefined) this.#items.set(place, newItem(fields));
    else if (growth !== undefined) grow(this.#itemAt(place, growth), growth, event);
  }

  /** Of a stream that is looked at from its middle on, what an item is follows from its pieces. */
  #itemAt(place: number, { partType }: Growth): Item {
    const known = this.#items.get(place);
    if (known !== undefined) return known;
    const isThought = partType === "reasoning_text" || partType === "summary_text";
    const item = newItem({ type: isThought ? "reasoning" : "message" });
    this.#items.set(place, item);
    return item;
  }

  response(): unknown {
    const { output, error } = this.#response;
    const isWhole = Array.isArray(output) && output.length > 0;
    const items = [...this.#items].sort(([one], [other]) => one - other);
    return {
      ...this.#response,
      object: "response",
      output: isWhole ? output : items.map(([, item]) => whole(item)),
      ...(this.#error !== undefined && { error: error ?? this.#error }),
    };
  }
}

/** A copy: the event is the caller's. */
function newItem(fields: Data): Item {
  return { fields: { ...fields }, content: new Map(), summary: new Map() };
}

function grow(item: Item, { list, partType, field }: Growth, event: Data): void {
  if (list === undefined) return addText(item.fields, field, event.delta);
  const place = asCount(event.content_index ?? event.summary_index) ?? 0;
  const part = item[list].get(place) ?? { type: partType };
  item[list].set(place, part);
  addText(part, field, event.delta);
}

function whole({ fields, content, summary }: Item): Data {
  return {
    ...fields,
    ...(content.size > 0 && { content: [...content.values()] }),
    ...(summary.size > 0 && { summary: [...summary.values()] }),
  };
}
