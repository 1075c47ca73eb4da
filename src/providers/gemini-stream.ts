import { addArgument, newArguments } from "./gemini-arguments.ts";
import {
  asCount,
  asObject,
  asObjects,
  asString,
  type Data,
  field,
  snakeCase,
  without,
} from "./own-data.ts";
import type { Assembly } from "./stream-reader.ts";

/** One candidate as its chunks arrive. */
interface Candidate {
  fields: Data;
  role: unknown;
  readonly parts: Record<string, unknown>[];
  /** The arguments of the call that goes on, which come piece by piece where it was asked for. */
  openArguments: ReturnType<typeof newArguments> | undefined;
}

/** Fields of a call that comes piece by piece. */
const PIECEMEAL = ["partialArgs", "willContinue"];

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
    const candidate = this.#candidates.get(index) ?? newCandidate();
    this.#candidates.set(index, candidate);
    candidate.fields = { ...candidate.fields, ...without(fields) };
    for (const part of asObjects(asObject(content)?.parts)) addPart(candidate, part);
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

function newCandidate(): Candidate {
  return { fields: {}, role: "model", parts: [], openArguments: undefined };
}

function addPart(candidate: Candidate, part: Data): void {
  const { parts } = candidate;
  const call = asObject(field(part, "functionCall"));
  if (call !== undefined) return addCall(candidate, part, call);
  const last = parts.at(-1);
  const isSame = typeof last?.text === "string" && last.thought === part.thought;
  if (typeof part.text === "string" && isSame) {
    last.text = `${last.text}${part.text}`;
  } else parts.push({ ...part });
}

/** A piece without a name goes on with the call before it. */
function addCall(candidate: Candidate, part: Data, piece: Data): void {
  const { args, ...call } = without(
    piece,
    PIECEMEAL.flatMap((name) => [name, snakeCase(name)]),
  );
  let given = candidate.openArguments;
  if (asString(piece.name) !== undefined) {
    given = Object.assign(newArguments(), args);
    candidate.parts.push({ ...part, functionCall: { ...call, args: given } });
  }
  if (given === undefined) return;
  for (const each of asObjects(field(piece, "partialArgs"))) addArgument(given, each);
  candidate.openArguments = field(piece, "willContinue") === true ? given : undefined;
}
