import { asCount, asObject, asString, type Data, field, without } from "./own-data.ts";
import { type Assembly, addText } from "./stream-reader.ts";

/** Puts the events of a stream together as one answer. */
export class CohereAssembly implements Assembly {
  #id: unknown;
  #plan = "";
  readonly #content = new Map<number, Record<string, unknown>>();
  readonly #calls = new Map<number, Record<string, unknown>>();
  readonly #citations: unknown[] = [];
  #end: Data = {};

  add(chunk: unknown): void {
    const event = asObject(chunk);
    const delta = asObject(event?.delta);
    if (event === undefined || delta === undefined) return;
    this.#id ??= event.id;
    const message = asObject(delta.message);
    const index = asCount(event.index);
    switch (event.type) {
      case "content-start":
      case "content-delta":
        addContent(this.#content, index, asObject(message?.content));
        break;
      case "tool-plan-delta":
        this.#plan += asString(field(message, "toolPlan")) ?? "";
        break;
      case "tool-call-start":
      case "tool-call-delta":
        addCall(this.#calls, index, asObject(field(message, "toolCalls")));
        break;
      case "citation-start":
        this.#citations.push(message?.citations);
        break;
      case "message-end":
        this.#end = delta;
        break;
    }
  }

  response(): unknown {
    return {
      ...without({ id: this.#id }),
      message: {
        role: "assistant",
        content: [...this.#content.values()],
        ...(this.#plan !== "" && { tool_plan: this.#plan }),
        ...(this.#calls.size > 0 && { tool_calls: [...this.#calls.values()].map(wholeCall) }),
        ...(this.#citations.length > 0 && { citations: this.#citations }),
      },
      // None yet, where the stream was cut.
      finish_reason: field(this.#end, "finishReason") ?? "",
      ...without({ usage: this.#end.usage, error: this.#end.error }),
    };
  }
}

type Parts = Map<number, Record<string, unknown>>;

function partAt(parts: Parts, index: number | undefined): Record<string, unknown> {
  const place = index ?? Math.max(0, parts.size - 1);
  const part = parts.get(place) ?? {};
  parts.set(place, part);
  return part;
}

function addContent(parts: Parts, index: number | undefined, content: Data | undefined): void {
  const part = partAt(parts, index);
  part.type ??= content?.type ?? (content?.thinking === undefined ? "text" : "thinking");
  addText(part, "text", content?.text);
  addText(part, "thinking", content?.thinking);
}

function addCall(calls: Parts, index: number | undefined, piece: Data | undefined): void {
  const call = partAt(calls, index);
  const called = asObject(piece?.function);
  call.id ??= piece?.id;
  call.name ??= called?.name;
  addText(call, "arguments", called?.arguments);
}

function wholeCall({ id, name, arguments: given = "" }: Data): Data {
  return { id, type: "function", function: { name, arguments: given } };
}
