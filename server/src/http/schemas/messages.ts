import { z } from "zod";
import { list, requiredObject, text } from "./values.ts";

/** A call of a tool that the model asks for. */
const toolCall = z.looseObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.looseObject({ name: z.string(), arguments: text }),
});

/** A piece of a message: text, an image by its URL, or a kind that came later. */
const contentPart = z.looseObject({ type: z.string(), text, image_url: requiredObject.nullish() });

/** One message of a chat. */
export const chatMessage = z.looseObject({
  role: z.enum(["user", "assistant", "system", "tool", "developer"]),
  content: z.union([z.string(), list(contentPart)]).nullish(),
  name: text,
  tool_call_id: text,
  tool_calls: list(toolCall).nullish(),
});

/** How the model may use tools. */
export const toolChoice = z
  .union([
    z.enum(["none", "auto", "required"]),
    z.looseObject({
      type: z.literal("function"),
      function: z.looseObject({ name: z.string() }),
    }),
  ])
  .nullish();
