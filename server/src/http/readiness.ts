import type { Store } from "../store/store.ts";

/** How long an answer holds, in milliseconds: nobody needs a key to ask. */
const FRESH_MILLIS = 1_000;

/** Why a server can't take logs, in one line; `undefined` when it can. */
export type Readiness = () => Promise<string | undefined>;

/**
 * Asks whether the store can be written, by writing to it: at most once in a second, however
 * many ask. Of what goes wrong it tells the error's code, as a message may name paths or data.
 */
export function createReadiness({ checkWritable }: Pick<Store, "checkWritable">): Readiness {
  let asked: { readonly answer: Promise<string | undefined>; readonly millis: number } | undefined;
  return () => {
    const nowMillis = performance.now();
    if (asked === undefined || nowMillis - asked.millis >= FRESH_MILLIS) {
      const answer = checkWritable().then(() => undefined, toReason);
      asked = { answer, millis: nowMillis };
    }
    return asked.answer;
  };
}

function toReason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const told = /^[A-Z_]{1,40}$/.test(code) ? code : "unknown error";
  return `The store can't be written: ${told}.`;
}
