import { asCount, asObject, asObjects, type Data, without } from "./own-data.ts";
import type { Assembly } from "./stream-reader.ts";

/** One candidate as its chunks arrive. */
interface Candidate {
  fields: Data;
  role: unknown;
  readonly parts: Record<string, unknown>[];
}

/** Puts chunks together as one response: texts that follow one another become one part. */
export class GeminiAssembly implements Assembly {
  #head: Data = {};
  #usage: Data = {};
  readonly #candidates = new Map<number, Candidate>();

  add(chunk: unknown): void {
    const response = asObject(chunk);
    if (response === undefined) return;
    const { candidates, usageMetadata, ...head } = response;
    this.#head = { ...this.#head, ...without(head) };
    this.#usage = { ...this.#usage, ...without(asObject(usageMetadata) ?? {}) };
    for (const entry of asObjects(candidates)) this.#addCandidate(entry);
  }

  #addCandidate(entry: Data): void {
    const index = asCount(entry.index) ?? 0;
    const { content, ...fields } = entry;
    const candidate = this.#candidates.get(index) ?? { fields: {}, role: "model", parts: [] };
    this.#candidates.set(index, candidate);
    candidate.fields = { ...candidate.fields, ...without(fields) };
    for (const part of asObjects(asObject(content)?.parts)) addPart(candidate.parts, part);
  }

  response(): unknown {
    const candidates = [...this.#candidates.values()].map(({ fields, role, parts }) => ({
      ...fields,
      content: { role, parts },
    }));
    return {
      ...this.#head,
      ...(candidates.length > 0 && { candidates }),
      usageMetadata: this.#usage,
    };
  }
}

function addPart(parts: Record<string, unknown>[], part: Data): void {
  const last = parts.at(-1);
  const isSame = typeof last?.text === "string" && last.thought === part.thought;
  if (typeof part.text === "string" && isSame) {
    last.text = `${last.text}${part.text}`;
  } else parts.push({ ...part });
}
