import type { Context } from "@opentelemetry/api";
import { LONGEST_SECRET } from "../base/encode-limits.ts";
import { defineHidden } from "../spans/define-hidden.ts";
import { FIELDS } from "../spans/fields.ts";
import type { OpenLog } from "../spans/open-log.ts";
import { context } from "../spans/otel-api.ts";

/** Takes one chunk that was written below it. */
type Take = (chunk: unknown) => void;

/** What is used of `process.stdout`; a browser or an edge runtime has none. */
interface Output {
  write: (...args: unknown[]) => unknown;
}

/** Holds the captures that are open in a context. This copy's own: another one has its own hook. */
const CAPTURES = Symbol("flowspan.captures");

let openCaptures = 0;
/** The hook that keeps. An older one that somebody else's patch has held fast only passes on. */
let hook: Output["write"] | undefined;
/** Takes the hook out again when no capture is open. */
let unpatch = () => {};

/**
 * The context in which whatever is written to `process.stdout` is also kept, for the field
 * `stdout` at the log's end, up to the field's cap. The write itself stays as it was.
 */
export function captureStdout(log: OpenLog, active: Context): Context {
  const stdout = (globalThis as { process?: { stdout?: Output } }).process?.stdout;
  if (!stdout || !log.recording || log.policy.content === "none") return active;
  // The mask has to see a secret whole that the cut goes through.
  const limit = log.policy.maxFieldBytes + LONGEST_SECRET;
  const decoder = new TextDecoder();
  let text = "";
  const take: Take = (chunk) => {
    const left = limit - text.length;
    if (left <= 0 || !log.recording) return;
    text +=
      typeof chunk === "string"
        ? chunk.slice(0, left)
        : decoder.decode((chunk as Uint8Array).subarray(0, left), { stream: true });
  };
  patch(stdout);
  openCaptures++;
  log.atEnd = () => {
    openCaptures--;
    unpatch();
    // What the program recorded itself stays.
    if (text !== "" && log.fields.stdout === undefined) log.set(FIELDS.stdout, text);
    text = "";
  };
  return active.setValue(CAPTURES, [...capturesIn(active), take]);
}

function capturesIn(active: Context): readonly Take[] {
  return (active.getValue(CAPTURES) ?? []) as readonly Take[];
}

/** A proxy, so that the method keeps its name, its length and whatever somebody put on it. */
function patch(stdout: Output): void {
  if (stdout.write === hook) return;
  const own = Object.getOwnPropertyDescriptor(stdout, "write");
  const made = new Proxy(stdout.write, {
    apply(write, self, args: unknown[]) {
      if (made === hook) keep(args[0]);
      return Reflect.apply(write, self, args);
    },
  });
  if (!defineHidden(stdout, "write", made)) return;
  hook = made;
  unpatch = () => {
    // Somebody who has patched over the hook may call it as long as they like.
    if (openCaptures > 0 || stdout.write !== hook) return;
    if (own) Object.defineProperty(stdout, "write", own);
    else Reflect.deleteProperty(stdout, "write");
  };
}

/** Not through `guarded`: what it reports may be written to stdout, and come here again. */
function keep(chunk: unknown): void {
  try {
    for (const take of capturesIn(context.active())) take(chunk);
  } catch {
    // No chunk that a stream takes.
  }
}
