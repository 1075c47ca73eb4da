import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SpanView } from "../../src/base/span-view.ts";

/** Recorded spans stand beside the checkout; without them the tests skip by name. */
const FOLDER = fileURLToPath(new URL("../../../shared/fixtures/", import.meta.url));

export const hasRecordings: boolean = existsSync(`${FOLDER}index.json`);

/** A message of an independent reading of the same span. */
export interface ExpectedMessage {
  readonly role?: string;
  readonly content?: unknown;
  readonly tool_calls?: readonly { id: string; name: string; arguments: string }[];
}

/** What is said of one recorded span by others. */
export interface ExpectedSpan {
  readonly spanId: string;
  /** `GENERATION`, `TOOL`, `AGENT`, `SPAN` ... */
  readonly type?: string;
  readonly name: string;
  readonly model?: string | null;
  readonly usage: Readonly<Record<string, unknown>>;
  readonly chatml?: Readonly<
    Record<"input" | "output", { success: boolean; data?: readonly ExpectedMessage[] }>
  >;
}

/** One recorded trace: its spans, and what is expected of them. */
export interface RecordedTrace {
  readonly file: string;
  readonly spans: readonly SpanView[];
  readonly expected: readonly ExpectedSpan[];
  readonly totals: { readonly deepest_only: { readonly input: number; readonly output: number } };
}

/** The recorded traces whose file names begin like this. */
export function recordedTraces(...prefixes: readonly string[]): readonly RecordedTrace[] {
  if (!hasRecordings) return [];
  const { otlp } = readJson(`${FOLDER}index.json`) as {
    otlp: {
      file: string;
      expected: { per_span?: ExpectedSpan[]; totals: RecordedTrace["totals"] };
    }[];
  };
  return readdirSync(`${FOLDER}otlp`)
    .filter((file) => prefixes.some((prefix) => file.startsWith(prefix)))
    .map((file) => {
      const expected = otlp.find((entry) => entry.file === `otlp/${file}`)?.expected;
      return {
        file,
        spans: readSpans(readJson(`${FOLDER}otlp/${file}`) as Traces),
        expected: expected?.per_span ?? [],
        totals: expected?.totals ?? { deepest_only: { input: 0, output: 0 } },
      };
    });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

type Attributes = readonly { readonly key: string; readonly value: unknown }[] | undefined;

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly attributes?: Attributes;
  readonly events?: readonly { readonly name: string; readonly attributes?: Attributes }[];
}

/** OTLP in its JSON form. */
interface Traces {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes?: Attributes };
    readonly scopeSpans: readonly {
      readonly scope?: { readonly name?: string };
      readonly spans: readonly Span[];
    }[];
  }[];
}

function readSpans({ resourceSpans }: Traces): readonly SpanView[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId || undefined,
        parentIsRemote: undefined,
        name: span.name,
        startTime: hrTime(span.startTimeUnixNano),
        endTime: hrTime(span.endTimeUnixNano),
        status: { code: 0, ...span.status },
        attributes: record(span.attributes),
        events: (span.events ?? []).map((event) => ({
          name: event.name,
          attributes: record(event.attributes),
        })),
        scopeName: scope?.name ?? "",
        resource: record(resource?.attributes),
        recorded: undefined,
        contextFields: undefined,
      })),
    ),
  );
}

function hrTime(nanos = "0"): [number, number] {
  return [Number(BigInt(nanos) / 1_000_000_000n), Number(BigInt(nanos) % 1_000_000_000n)];
}

function record(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, plain(value)]));
}

function plain(value: unknown): unknown {
  const [[kind, given] = []] = Object.entries(value ?? {}) as [string, unknown][];
  if (kind === "intValue") return Number(given);
  if (kind === "arrayValue") return (given as { values?: unknown[] }).values?.map(plain) ?? [];
  if (kind === "kvlistValue") return record((given as { values?: Attributes }).values);
  return given;
}
