import type { ProviderReading, StreamReader } from "./provider-reading.ts";

/** Puts chunks together as the response that an API gives when it does not stream. */
export interface Assembly {
  /** Takes the next chunk, which belongs to the caller: it is never changed. */
  add(chunk: unknown): void;
  response(): unknown;
}

/** A stream's reader: what its response says, read as one that came whole. */
export function startAssembly(
  assembly: Assembly,
  firstChunk: unknown,
  read: (response: unknown) => ProviderReading | undefined,
): StreamReader {
  const add = (chunk: unknown): void => {
    try {
      assembly.add(chunk);
    } catch {
      // A chunk that throws when it is looked at, as a revoked proxy does, is passed over.
    }
  };
  add(firstChunk);
  return {
    add,
    response: () => assembly.response(),
    reading: () => read(assembly.response()) ?? {},
  };
}

/** A text that comes in pieces, as a field of what is put together. */
export function addText(to: Record<string, unknown>, name: string, text: unknown): void {
  if (typeof text === "string" && text !== "") {
    to[name] = ((to[name] as string | undefined) ?? "") + text;
  }
}
