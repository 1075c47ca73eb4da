import { describe, it } from "vitest";
import type { AnyFunction } from "../../../src/record/types.ts";
import { FORMS, type Form, type FormName, type FormOptions, type TypeName } from "./forms.ts";

/** What a promise's test is given: one form of one kind of wrapper. */
export interface Subject {
  readonly type: TypeName;
  readonly form: FormName;
  /** The function in this form. The path is `go` where the options give none. */
  wrap<F extends AnyFunction>(fn: F, options?: FormOptions): F;
  /** See `Form`. Both throw where the form has none: such promises name it in `except`. */
  wrapTwice: NonNullable<Form["wrapTwice"]>;
  members(options?: FormOptions): ReturnType<NonNullable<Form["members"]>>;
}

/** Where a promise does not apply. */
export interface Scope {
  /** Forms that cannot express it, and why: stands in the table instead of a result. */
  readonly except?: Partial<Readonly<Record<FormName, string>>>;
  /** The wrappers that it is about. Default: all three. */
  readonly types?: readonly TypeName[];
}

type DefinePromise = (title: string, body: (subject: Subject) => unknown) => void;

/**
 * Defines one promise of the wrappers as a sentence, tested for each form and type: the tests are
 * named `sentence > form > type`. `scripts/promises.mjs` prints the table from those names.
 *
 * @example
 * promise("a sync throw comes out as the same error object", ({ wrap }) => { ... });
 */
export const promise: DefinePromise = promiseWithin({});

/** As `promise`, for sentences that do not apply everywhere. */
export function promiseWithin({
  except = {},
  types = ["flow", "prompt", "tool"],
}: Scope): DefinePromise {
  return (title, body) => {
    describe(title, () => {
      for (const form of Object.keys(FORMS) as FormName[]) {
        const reason = except[form];
        describe(form, () => {
          if (reason !== undefined) it.skip(`not applicable: ${reason}`, () => {});
          else for (const type of types) it(type, () => body(subjectOf(form, type)));
        });
      }
    });
  };
}

function subjectOf(name: FormName, type: TypeName): Subject {
  const form: Form = FORMS[name];
  const missing = (): never => {
    throw new Error(`${name} wraps no function of its own`);
  };
  return {
    type,
    form: name,
    wrap: (fn, options) => form.wrap(type, withPath(options), fn),
    wrapTwice: form.wrapTwice ?? missing,
    members: (options) => (form.members ?? missing)(type, withPath(options)),
  };
}

function withPath(options: FormOptions = {}): FormOptions {
  return typeof options === "string" ? options : { path: "go", ...options };
}
