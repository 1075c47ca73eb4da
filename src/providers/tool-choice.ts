import type { ToolChoice } from "../base/tool-choice.ts";
import { asObject, asString } from "./own-data.ts";

/** Each provider's word for how its model uses tools. */
const WORDS: Readonly<Record<string, ToolChoice>> = {
  any: "required",
  auto: "auto",
  none: "none",
  required: "required",
  validated: "auto",
};

/**
 * How the model may use tools, from a provider's word for it or `{ type }`, `{ mode }`, `{ name }`,
 * `{ function: { name } }`; `undefined` for what the Log API has no form for.
 */
export function toolChoice(value: unknown): ToolChoice | undefined {
  const choice = asObject(value);
  const name =
    asString(choice?.name) ??
    asString((asObject(choice?.function) ?? asObject(choice?.custom))?.name);
  if (name !== undefined) return { type: "function", function: { name } };
  const mode = choice?.mode ?? asObject(choice?.allowed_tools)?.mode ?? choice?.type;
  const word = asString(choice === undefined ? value : mode)?.toLowerCase();
  return word !== undefined && Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}
