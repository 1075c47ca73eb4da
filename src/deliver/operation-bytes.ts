import type { Operation } from "../base/log-types.ts";

/** An operation's objects and ids, about. */
const OVERHEAD_BYTES = 512;
/** What a string takes at most. */
export const BYTES_PER_CHARACTER = 2;

/**
 * Memory that an operation is taken to hold: that of each character that it sends. The texts of a completion are those of its create.
 */
export function operationBytes(operation: Operation): number {
  const { fields } = operation.log;
  let characters = 0;
  if (operation.op === "create") {
    for (const name in fields) characters += fields[name]!.length;
  } else if (operation.op === "update") {
    for (const name of operation.changed) characters += fields[name]?.length ?? 0;
  }
  return OVERHEAD_BYTES + BYTES_PER_CHARACTER * characters;
}
