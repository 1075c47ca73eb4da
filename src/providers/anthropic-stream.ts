import { asCount, asObject, asObjects, asString, type Data, without } from "./own-data.ts";
import { type Assembly, addText } from "./stream-reader.ts";

/** One block as its pieces arrive. */
interface Block {
  readonly fields: Record<string, unknown>;
  readonly citations: unknown[];
  /** A call's input is JSON text until it is whole. */
  input: string;
}

/** Puts the events of a stream together as one `message`. */
export class AnthropicAssembly implements Assembly {
  #message: Data = {};
  readonly #blocks = new Map<number, Block>();
  #usage: Data = {};
  #error: unknown;

  add(chunk: unknown): void {
    const event = asObject(chunk);
    switch (event?.type) {
      case "message_start":
        this.#begin(asObject(event.message) ?? {});
        break;
      case "content_block_start": {
        const block = newBlock(event.content_block);
        this.#blocks.set(asCount(event.index) ?? this.#blocks.size, block);
        // From here on another model answers: whole, the message has that one's name.
        const { model } = asObject(block.fields.to) ?? {};
        if (block.fields.type === "fallback") this.#message = { ...this.#message, model };
        break;
      }
      case "content_block_delta": {
        const index = asCount(event.index) ?? this.#blocks.size - 1;
        const delta = asObject(event.delta);
        if (delta === undefined) break;
        const block = this.#blocks.get(index) ?? newBlock({ type: typeOf(delta) });
        this.#blocks.set(index, block);
        addDelta(block, delta);
        break;
      }
      case "message_delta":
        this.#message = { ...this.#message, ...without(asObject(event.delta) ?? {}) };
        this.#addUsage(event.usage);
        break;
      case "error":
        this.#error = event.error ?? event;
        break;
    }
  }

  /** What was begun before counts no more. Some of the content may be there already. */
  #begin(message: Data): void {
    this.#message = message;
    this.#blocks.clear();
    for (const [index, block] of asObjects(message.content).entries()) {
      this.#blocks.set(index, newBlock(block));
    }
    this.#usage = without(asObject(message.usage) ?? {});
  }

  /** The start's usage is of the prompt, the end's of the answer; newer ones repeat the prompt's. */
  #addUsage(usage: unknown): void {
    this.#usage = { ...this.#usage, ...without(asObject(usage) ?? {}) };
  }

  response(): unknown {
    const blocks = [...this.#blocks].sort(([one], [other]) => one - other);
    return {
      type: "message",
      role: "assistant",
      ...this.#message,
      content: blocks.map(([, block]) => whole(block)),
      usage: this.#usage,
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }
}

/** A copy: the event is the caller's. */
function newBlock(value: unknown): Block {
  return { fields: { ...asObject(value) }, citations: [], input: "" };
}

/** Of a block whose beginning did not come. */
function typeOf({ type }: Data): string {
  if (type === "input_json_delta") return "tool_use";
  return type === "thinking_delta" || type === "signature_delta" ? "thinking" : "text";
}

function addDelta(block: Block, delta: Data): void {
  switch (delta.type) {
    case "text_delta":
      return addText(block.fields, "text", delta.text);
    case "thinking_delta":
      return addText(block.fields, "thinking", delta.thinking);
    case "signature_delta":
      return addText(block.fields, "signature", delta.signature);
    case "compaction_delta":
      return addText(block.fields, "content", delta.content);
    case "citations_delta":
      block.citations.push(delta.citation);
      return;
    case "input_json_delta":
      block.input += asString(delta.partial_json) ?? "";
  }
}

/** The input stays the text as it was written: it may be cut. */
function whole({ fields, citations, input }: Block): Data {
  return {
    ...fields,
    ...(input !== "" && { input }),
    ...(citations.length > 0 && { citations }),
  };
}
