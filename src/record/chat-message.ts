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

/**
 * True for a list of such entries alone. `every` would run getters and pass over holes, of which
 * there may be a billion.
 */
export function isListOf(value: unknown, is: (entry: unknown) => boolean): boolean {
  try {
    if (!Array.isArray(value)) return false;
    for (let index = 0; index < value.length; index++) {
      if (!is(dataProperty(value, index))) return false;
    }
    return true;
  } catch {
    // A proxy that throws.
    return false;
  }
}

function isPart(part: unknown): boolean {
  return typeof dataProperty(part, "type") === "string";
}
