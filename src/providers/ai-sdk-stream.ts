import { dataProperty, errorProperty, isError, isObject } from "../base/data-property.ts";
import { asObject, asString, type Data } from "./own-data.ts";
import { type Assembly, addText } from "./stream-reader.ts";

/** The part in what `streamText` streams inside; `undefined` for any other value. */
export function asPart(chunk: unknown): Data | undefined {
  // Asked for first: of a chunk that may be anything no copy is made.
  const part = dataProperty(chunk, "part");
  return isObject(part) && "partialOutput" in (chunk as object) ? asObject(part) : undefined;
}

/** One step as its parts arrive. */
interface Step {
  readonly content: Record<string, unknown>[];
  end: Data;
}

/** Puts parts together as the steps that a result has. */
export class AiSdkAssembly implements Assembly {
  readonly #steps: Step[] = [];
  /** The whole call's, where no step has named its own. */
  #end: Data = {};
  #error: unknown;

  add(chunk: unknown): void {
    const part = asPart(chunk);
    switch (part?.type) {
      case "start-step":
      case "step-start":
        this.#steps.push({ content: [], end: {} });
        break;
      case "text-delta":
        this.#addText("text", part);
        break;
      case "reasoning-delta":
      case "reasoning":
        this.#addText("reasoning", part);
        break;
      case "tool-call":
        this.#step().content.push({ ...part });
        break;
      case "finish-step":
      case "step-finish":
        this.#step().end = part;
        break;
      case "finish":
        this.#end = { finishReason: part.finishReason, usage: part.totalUsage ?? part.usage };
        break;
      case "error":
        this.#error = isError(part.error) ? errorProperty(part.error, "message") : part.error;
        break;
    }
  }

  #step(): Step {
    const step = this.#steps.at(-1) ?? { content: [], end: {} };
    if (this.#steps.length === 0) this.#steps.push(step);
    return step;
  }

  /** Texts one after another are one part, as a step's content has them, by their id. */
  #addText(type: "text" | "reasoning", part: Data): void {
    const { content } = this.#step();
    let last = content.at(-1);
    if (last?.type !== type || last.id !== part.id) {
      last = { type, id: part.id, text: "" };
      content.push(last);
    }
    addText(last, "text", asString(part.text) ?? part.textDelta);
  }

  response(): unknown {
    const steps = this.#steps.map(({ content, end }) => {
      const { finishReason, usage, providerMetadata, response } = end;
      return { content, finishReason, usage, providerMetadata, response };
    });
    const last = steps.at(-1);
    if (last !== undefined && steps.every(({ usage }) => usage === undefined)) {
      last.usage = this.#end.usage;
    }
    if (last !== undefined) last.finishReason ??= this.#end.finishReason;
    return { steps, ...(this.#error !== undefined && { error: this.#error }) };
  }
}
