import type { z } from "zod";
import type { FieldError } from "../domain/api-error.ts";

type Issue = z.core.$ZodIssue;

/** What FastAPI calls the ways a value can have the wrong type. */
const TYPE_ERRORS: Readonly<Record<string, readonly [type: string, msg: string]>> = {
  string: ["string_type", "Input should be a valid string"],
  number: ["float_type", "Input should be a valid number"],
  int: ["int_type", "Input should be a valid integer"],
  boolean: ["bool_type", "Input should be a valid boolean"],
  array: ["list_type", "Input should be a valid list"],
  object: ["dict_type", "Input should be a valid object"],
};

/** The problems a schema found, in the shape FastAPI gives them. Values are never repeated. */
export function toFieldErrors(
  issues: readonly Issue[],
  where: readonly (string | number)[],
): readonly FieldError[] {
  return issues.map((issue) => {
    const loc = [
      ...where,
      ...issue.path.map((key) => (typeof key === "number" ? key : String(key))),
    ];
    const [type, msg] = describe(issue);
    return { loc, msg, type };
  });
}

function describe(issue: Issue): readonly [type: string, msg: string] {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return ["missing", "Field required"];
      return TYPE_ERRORS[issue.expected] ?? ["type_error", issue.message];
    case "invalid_value":
      return [
        "literal_error",
        `Input should be ${issue.values.map((v) => `'${String(v)}'`).join(" or ")}`,
      ];
    case "too_small":
      return issue.origin === "string"
        ? ["string_too_short", "Input should not be empty"]
        : ["greater_than_equal", `Input should be greater than or equal to ${issue.minimum}`];
    case "too_big":
      return issue.origin === "string"
        ? ["string_too_long", `Input should have at most ${issue.maximum} characters`]
        : ["less_than_equal", `Input should be less than or equal to ${issue.maximum}`];
    case "invalid_union":
      return ["union_error", "Input has none of the forms this field takes"];
    case "custom": {
      const type: unknown = issue.params?.type;
      return [typeof type === "string" ? type : "value_error", issue.message];
    }
    default:
      return ["value_error", issue.message];
  }
}
