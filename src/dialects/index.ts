import type { EncodeLimits } from "../base/encode-limits.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { aiSdk } from "./ai-sdk.ts";
import { braintrust } from "./braintrust.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { readFlowspan } from "./flowspan.ts";
import { genAi } from "./gen-ai.ts";
import { genAiOld } from "./gen-ai-old.ts";
import { googleAdk } from "./google-adk.ts";
import { laminar } from "./laminar.ts";
import { langfuse } from "./langfuse.ts";
import { langSmith } from "./langsmith.ts";
import { logfire } from "./logfire.ts";
import { mergeReadings } from "./merge-readings.ts";
import { mlflow } from "./mlflow.ts";
import { openInference } from "./openinference.ts";
import { pydanticAi } from "./pydantic-ai.ts";
import { sentry } from "./sentry.ts";
import { traceloop } from "./traceloop.ts";
import { writeReading } from "./write-reading.ts";

export { scalarText } from "./field-writer.ts";

/**
 * Every dialect of others. Of two that say the same thing of a span the earlier one is believed:
 * those that name the kind themselves stand before those whose kind follows from the operation.
 */
const DIALECTS: readonly Dialect[] = [
  logfire,
  langSmith,
  aiSdk,
  mlflow,
  langfuse,
  braintrust,
  laminar,
  openInference,
  traceloop,
  pydanticAi,
  googleAdk,
  genAi,
  sentry,
  genAiOld,
];

/** The dialects by the first segment of the attributes' names that they read, in their order. */
const BY_ROOT: ReadonlyMap<string, readonly Dialect[]> = new Map(
  DIALECTS.flatMap(({ roots }) => roots).map((root) => [
    root,
    DIALECTS.filter(({ roots }) => roots.includes(root)),
  ]),
);

/**
 * What a span says about its log: our own dialect's word alone where it is one of our wrappers',
 * else what all other dialects that it speaks say of it, field by field. `undefined` when none
 * says what kind of log it is. One that was read before is not read again.
 *
 * Never throws: a dialect that fails on a span is one that it does not speak.
 */
export function readSpan(span: SpanView, limits: EncodeLimits): SpanReading | undefined {
  if (span.reading !== undefined) return span.reading;
  try {
    const own = readFlowspan(span, limits);
    if (own !== undefined) return own;
    const spoken = spokenBy(span);
    if (spoken === undefined) return undefined;
    const reading = mergeReadings(spoken.flatMap((dialect) => tryDialect(dialect, span)));
    return reading.kind === undefined ? undefined : writeReading(reading, span, limits);
  } catch {
    // Attributes come from anybody.
    return undefined;
  }
}

/** The dialects that the span may speak, in their order. Most spans speak none: one look at each name tells. */
function spokenBy(span: SpanView): readonly Dialect[] | undefined {
  // Log records are joined by GenAI's words alone.
  let spoken = span.logEvents === undefined ? undefined : BY_ROOT.get("gen_ai");
  for (const name in span.attributes) {
    const dot = name.indexOf(".");
    const found = BY_ROOT.get(dot < 0 ? name : name.slice(0, dot));
    if (found === undefined || found === spoken) continue;
    spoken = spoken === undefined ? found : union(spoken, found);
  }
  return spoken;
}

function union(left: readonly Dialect[], right: readonly Dialect[]): readonly Dialect[] {
  if (right.every((dialect) => left.includes(dialect))) return left;
  return DIALECTS.filter((dialect) => left.includes(dialect) || right.includes(dialect));
}

function tryDialect(dialect: Dialect, span: SpanView): readonly DialectReading[] {
  try {
    const reading = dialect.read(span);
    return reading !== undefined && saysAnything(reading) ? [reading] : [];
  } catch {
    return [];
  }
}

/** Many dialects share a root; one that has nothing to say costs no merging. */
function saysAnything(reading: DialectReading): boolean {
  for (const name in reading) {
    if (reading[name as keyof DialectReading] !== undefined) return true;
  }
  return false;
}
