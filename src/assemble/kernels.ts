import { ATTR_REQUEST_MODEL } from "../base/attributes.ts";
import { type JsonText, mergeObjectTexts, toJsonText } from "../base/json-text.ts";
import type { LogType } from "../base/log-types.ts";
import { maskSecrets } from "../base/mask.ts";
import type { SpanView } from "../base/span-view.ts";
import { joinObject } from "./object-text.ts";

/**
 * The smallest kernel that the server takes, so that a log by a new path can make its File:
 * a Prompt needs a model, a Flow its attributes, a Tool a function with a name and a description.
 * A given kernel stays as it is, but a Prompt's gets its model where it names none.
 */
export function completeKernel(
  type: LogType,
  recorded: JsonText | undefined,
  span: SpanView,
  path: string | undefined,
): JsonText {
  // A kernel whose mask failed is a string; no server takes that.
  const given = recorded?.startsWith("{") ? recorded : undefined;
  switch (type) {
    case "flow":
      return given ?? (`{"attributes":{}}` as JsonText);
    case "prompt":
      return given !== undefined && namesModel(given)
        ? given
        : (mergeObjectTexts(given, joinObject({ model: modelText(span) })) as JsonText);
    case "tool": {
      const name = path?.slice(path.lastIndexOf("/") + 1);
      return given ?? toJsonText({ function: { name: name || "tool", description: "" } });
    }
    default: {
      const never: never = type;
      return never;
    }
  }
}

function namesModel(kernel: JsonText): boolean {
  if (kernel.startsWith(`{"model":"`)) return true;
  const { model } = JSON.parse(kernel) as { model?: unknown };
  return typeof model === "string";
}

function modelText(span: SpanView): JsonText {
  const model = span.attributes[ATTR_REQUEST_MODEL];
  return toJsonText(typeof model === "string" ? maskSecrets(model) : "unknown");
}
