import { z } from "zod";
import { chatMessage } from "./messages.ts";
import { integer, list, number, object, requiredObject, text } from "./values.ts";

/** A function a model may call, by JSON schema. */
const toolFunction = z.looseObject({ name: z.string(), description: text, parameters: object });

/** The fields of a prompt's kernel. Other parameters are part of the version as they come. */
export const promptKernelFields = {
  model: z.string().min(1),
  endpoint: z.enum(["complete", "chat", "edit"]).nullish(),
  template: z.union([z.string(), list(chatMessage)]).nullish(),
  template_language: text,
  provider: text,
  max_tokens: integer,
  temperature: number,
  top_p: number,
  stop: z.union([z.string(), list(z.string())]).nullish(),
  presence_penalty: number,
  frequency_penalty: number,
  other: object,
  seed: integer,
  response_format: object,
  reasoning_effort: z.union([z.string(), z.number().int()]).nullish(),
  tools: list(toolFunction).nullish(),
  linked_tools: list(z.string()).nullish(),
  attributes: object,
};

/** The fields of a flow's kernel. */
export const flowKernelFields = { attributes: requiredObject };

/** The fields of a tool's kernel. */
export const toolKernelFields = {
  function: toolFunction.nullish(),
  source_code: text,
  setup_values: object,
  attributes: object,
};

/** What a prompt's version consists of. */
export const promptKernel = z.looseObject(promptKernelFields);

/** What a flow's version consists of. */
export const flowKernel = z.looseObject(flowKernelFields);

/** What a tool's version consists of. */
export const toolKernel = z.looseObject(toolKernelFields);
