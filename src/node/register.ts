import { instrumentFetch } from "../fetch/index.ts";
import { standBy } from "./stand-by.ts";
import { resolveStartOptions } from "./start-options.ts";

/**
 * `node --import flowspan/register app.js`, or `node -r flowspan/register app.js`: tracing by the
 * environment alone, in a program that knows nothing of it.
 *
 * - Everything `start()` does, from `FLOWSPAN_...` and OTel's own variables, but only once tracing
 *   is used: a program that sets up OpenTelemetry itself keeps its setup, and its spans are taken.
 * - The global `fetch` is hooked before any of the program's modules can keep it.
 * - Loaded more than once, by both module systems or from several copies, it acts once.
 * - It never ends the program: what can't be used is said on stderr, and nothing is recorded.
 */
const MARK = Symbol.for("flowspan.register");

function register(): void {
  if (Reflect.has(globalThis, MARK)) return;
  Object.defineProperty(globalThis, MARK, { value: true });
  try {
    const resolved = resolveStartOptions({}, process.env);
    if (resolved.flowspan.isDisabled) return;
    standBy(resolved);
    instrumentFetch();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`warning: flowspan: nothing is recorded. ${reason}\n`);
  }
}

register();
