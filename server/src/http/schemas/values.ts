import { z } from "zod";
import { parseTime } from "../../domain/time.ts";

/**
 * The kinds of values that fields have. Bodies are checked, never rewritten: what was sent is
 * what is stored, so objects of any content are looked at but not copied. Null counts as left
 * out everywhere, as clients send it for whatever isn't set.
 */

/** The longest id or path, in characters. */
const MAX_NAME_LENGTH = 1_000;

/** How many wrong items of one list are told of. */
const MAX_WRONG_ITEMS = 10;

const jsonObject = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    { error: "Input should be a valid object", params: { type: "dict_type" } },
  )
  .meta({ type: "object", additionalProperties: true });

/** Text of any length. */
export const text = z.string().nullish();

/** Text that names something and can't be left out: see `name`. */
export const requiredName = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .refine((value) => !value.includes("\u0000"), "String should not contain NUL")
  // Half a pair can't be written as UTF-8: it would be stored under another name.
  .refine((value) => !/\p{Surrogate}/u.test(value), "String should be valid Unicode");

/** Text that names something: not empty, of bounded length, without NUL, valid Unicode. */
export const name = requiredName.nullish();

/** A whole number. */
export const integer = z.number().int().nullish();

/** Any number. */
export const number = z.number().nullish();

/** True or false. */
export const flag = z.boolean().nullish();

/**
 * A list of any length. It is looked at only until enough items are wrong, so that a long list
 * of nonsense costs no more than a short one.
 */
export function list(item: z.ZodType): z.ZodType<readonly unknown[]> {
  const { $schema: _, ...items } = z.toJSONSchema(item, { io: "input", unrepresentable: "any" });
  return z
    .array(z.unknown())
    .check(({ value, issues }) => {
      let wrongItems = 0;
      for (const [index, each] of value.entries()) {
        const { error } = item.safeParse(each, { reportInput: true });
        if (error === undefined) continue;
        for (const issue of error.issues) {
          issues.push({ ...issue, path: [index, ...issue.path] } as z.core.$ZodRawIssue);
        }
        wrongItems += 1;
        if (wrongItems === MAX_WRONG_ITEMS) return;
      }
    })
    .meta({ items });
}

/** An object with any keys and values. */
export const object = jsonObject.nullish();

/** An object with any keys and values that can't be left out. */
export const requiredObject = jsonObject;

/** A date, with or without a time and a zone; without a zone it is UTC. */
export const time = z
  .string()
  .refine((value) => parseTime(value) !== undefined, {
    error: "Input should be a valid datetime",
    params: { type: "datetime_parsing" },
  })
  .meta({ format: "date-time" })
  .nullish();

/** Whether a Flow log is complete. */
export const status = z.enum(["complete", "incomplete"]).nullish();
