import { dataProperty } from "../base/data-property.ts";
import { maskSecrets } from "../base/mask.ts";
import { errorOf } from "../providers/error-body.ts";

/** Of a body that is no JSON (a proxy's page) so much is told, in UTF-16 units. */
const MAX_BODY_CHARS = 500;

/** An answer with an error's status, as an error: its name is the provider's own word for it. */
export class HttpError extends Error {
  override readonly name: string;
  // Where it was made says nothing.
  override readonly stack: undefined;

  /**
   * @param value the body, parsed; `undefined` where it is no JSON or was not read.
   * @param text the body's beginning.
   */
  constructor(status: number, value: unknown, text: string) {
    // A secret that is cut in half is not found any more.
    const message = errorOf(value) ?? maskSecrets(text).slice(0, MAX_BODY_CHARS);
    super(`${status} ${message}`.trimEnd());
    this.name = typeOf(value) ?? "HttpError";
  }
}

/** An error's name is shown where content is not: a sentence is none. */
const WORD = /^[\w.:/-]{1,100}$/;

/** `{ error: { type } }`; Google has `status`, others a `code` alone. */
function typeOf(value: unknown): string | undefined {
  const error = dataProperty(value, "error");
  const words = ["type", "status", "code"].map((key) => dataProperty(error, key));
  return words.find((word): word is string => typeof word === "string" && WORD.test(word));
}
