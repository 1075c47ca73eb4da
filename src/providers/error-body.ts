import { asObject, asString } from "./own-data.ts";

/**
 * What an error that came as data says: `{ error: { message } }`, `{ error: "..." }`,
 * `{ type: "error", error }`, as one event of a stream or as a body. `undefined` when it is none.
 */
export function errorOf(value: unknown): string | undefined {
  const body = asObject(value);
  if (body === undefined) return undefined;
  if (body.error != null && body.error !== "") return errorMessage(body.error);
  // OpenAI's responses, whose event is the error itself.
  return body.type === "error" ? errorMessage(body) : undefined;
}

/** The message of an error, else its code or type. */
export function errorMessage(error: unknown): string {
  const { message, code, type, status } = asObject(error) ?? {};
  const text = asString(error) ?? asString(message) ?? asString(code);
  return text ?? asString(status) ?? asString(type) ?? "error";
}
