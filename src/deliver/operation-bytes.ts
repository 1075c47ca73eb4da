import type { Operation } from "../base/log-types.ts";

/** An operation's objects and ids, about. */
const OVERHEAD_BYTES = 512;

/**
 * Memory that an operation is taken to hold: two bytes for each character that it sends, which is
 * what a string takes at most. The texts of a completion are those of its create.
 */
export function operationBytes(operation: Operation): number {
  const { fields } = operation.log;
  let characters = 0;
  if (operation.op === "create") {
    for (const name in fields) characters += fields[name]!.length;
  } else if (operation.op === "update") {
    for (const name of operation.changed) characters += fields[name]?.length ?? 0;
  }
  return OVERHEAD_BYTES + 2 * characters;
}
