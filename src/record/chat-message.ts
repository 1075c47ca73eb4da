import { dataProperty } from "../base/data-property.ts";

/**
 * True for a chat message as the Log API takes it. What only resembles one (a user with the role
 * `admin`, another provider's `parts`) has to stay among the inputs: a server refuses it here.
 */
export function isMessage(value: unknown): boolean {
  const role = dataProperty(value, "role");
  const content = dataProperty(value, "content");
  return (
    typeof role === "string" &&
    /^(?:user|assistant|system|tool|developer)$/.test(role) &&
    (content == null || typeof content === "string" || isListOf(content, isPart))
  );
}

/** `Array.isArray` and `every`, for anything: a proxy that throws is no list. */
export function isListOf(value: unknown, is: (entry: unknown) => boolean): boolean {
  try {
    return Array.isArray(value) && value.every(is);
  } catch {
    return false;
  }
}

function isPart(part: unknown): boolean {
  return typeof dataProperty(part, "type") === "string";
}
