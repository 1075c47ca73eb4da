import type { ToolChoice } from "../base/tool-choice.ts";
import { asObject, asStructure, asText } from "./attribute-values.ts";

/** How the model was to use tools, from anybody's words for it; `undefined` for what makes no sense. */
export function takableToolChoice(value: unknown): ToolChoice | undefined {
  const given = asStructure(value);
  const choice = asObject(given);
  const word = asText(given) ?? asText(choice?.type);
  const name =
    asText(asObject(choice?.function)?.name) ?? asText(choice?.name) ?? asText(choice?.toolName);
  if (name !== undefined) return { type: "function", function: { name } };
  return word === undefined ? undefined : CHOICES.get(word.toLowerCase());
}

const CHOICES: ReadonlyMap<string, "none" | "auto" | "required"> = new Map([
  ["any", "required"],
  ["auto", "auto"],
  ["none", "none"],
  ["required", "required"],
]);
