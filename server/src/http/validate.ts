import type { FastifySchemaCompiler } from "fastify";
import type { z } from "zod";
import { ApiError } from "../domain/api-error.ts";
import { toFieldErrors } from "./field-errors.ts";

/** The first part of a field's place: FastAPI's word for what fastify calls it. */
const PARTS: Readonly<Record<string, string>> = {
  body: "body",
  querystring: "query",
  params: "path",
  headers: "header",
};

/**
 * Checks requests with zod schemas. A query is converted as its schema says; a body stays the
 * object that was sent, so that nothing in it is copied, dropped or reordered.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart = "body" }) =>
  (data: unknown) => {
    // A request without a body is missing all of it, which zod says of undefined, not of null.
    const result = schema.safeParse(data ?? undefined, { reportInput: true });
    if (!result.success) {
      const where = PARTS[httpPart] ?? httpPart;
      return { error: new ApiError(422, toFieldErrors(result.error.issues, [where])) };
    }
    return { value: httpPart === "body" ? data : result.data };
  };

/** Checks one value inside a body, found at `where`. */
export function checkField(
  schema: z.ZodType,
  value: unknown,
  where: readonly (string | number)[],
): ApiError | undefined {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return undefined;
  return new ApiError(422, toFieldErrors(result.error.issues, where));
}
