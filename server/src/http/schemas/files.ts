import { z } from "zod";
import type { LogType } from "../../store/records.ts";
import { flowKernelFields, promptKernelFields, toolKernelFields } from "./kernels.ts";
import { list, name, requiredName, text } from "./values.ts";

const fileFields = {
  path: name,
  id: name,
  version_name: text,
  version_description: text,
  commit_message: text,
  description: text,
  readme: text,
  tags: list(z.string()).nullish(),
};

/** The bodies of upserts: where the file is, and its kernel's fields at the top. */
export const upsertBodies = {
  prompt: z.looseObject({ ...fileFields, ...promptKernelFields }),
  flow: z.looseObject({ ...fileFields, ...flowKernelFields }),
  tool: z.looseObject({ ...fileFields, ...toolKernelFields }),
} satisfies Record<LogType, z.ZodType>;

/** The body of `POST /files/retrieve-by-path`. */
export const pathBody = z.looseObject({ path: requiredName });

/** The query of `POST /files/retrieve-by-path`. */
export const environmentQuery = z.object({ environment: z.string().optional() });

/** The query of a deployment. */
export const deployQuery = z.object({ version_id: z.string() });

/** The body of `POST /environments`. */
export const environmentBody = z.looseObject({ name: z.string().min(1).max(200) });
