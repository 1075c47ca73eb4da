import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/assemble/options.ts";
import type { SpanReading } from "../../src/base/span-reading.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { asObject, asStructure } from "../../src/dialects/attribute-values.ts";
import { readSpan } from "../../src/dialects/index.ts";
import type { ExpectedMessage, ExpectedSpan, RecordedTrace } from "./recorded-spans.ts";
import { hasRecordings, recordedTraces } from "./recorded-spans.ts";

/** One thing that others say of a recorded span, beside what the dialects say. */
interface Comparison {
  readonly what: "kind" | "model" | "tokens" | "input" | "output";
  readonly span: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly view: SpanView;
  readonly reading: SpanReading | undefined;
}

describe.skipIf(!hasRecordings)("recorded spans, read by their dialects", () => {
  for (const trace of recordedTraces("")) {
    it(`are read as others read them: ${trace.file.replace(".otlp.json", "")}`, () => {
      const comparisons = compareTrace(trace);
      const different = comparisons.filter((one) => !isSame(one));
      const reasons = different.map((one) => REASONS.find(([, holds]) => holds(one))?.[0]);
      const wrong = different.filter((_, index) => reasons[index] === undefined);

      const right = comparisons.length - different.length;
      const said = [...new Set(reasons)].map((reason) => `; otherwise, for ${reason}`).join("");
      process.stdout.write(
        `${trace.file}: ${right} of ${comparisons.length} fields right${said}\n`,
      );
      expect(wrong).toEqual([]);
    });
  }

  it("hold nothing that can't be read but where the recording has a pattern for a value", () => {
    for (const view of recordedTraces("").flatMap(({ spans }) => spans)) {
      const text = readSpan(view, DEFAULT_LIMITS)?.meta.unreadable ?? "[]";

      for (const name of JSON.parse(text) as string[]) {
        expect(view.attributes[name]).toMatch(/^<Is\w+\(\)>$/);
      }
    }
  });
});

/** Why a difference is none. */
const REASONS: readonly (readonly [reason: string, holds: (one: Comparison) => boolean])[] = [
  [
    "the span names no tokens, and the other reading counts the words itself",
    ({ what, view }) =>
      what === "tokens" && !Object.keys(view.attributes).some((name) => /token|usage/i.test(name)),
  ],
  [
    "reasoning tokens are a part of the output's here, and stand beside it there",
    ({ what, expected, actual, reading }) =>
      what === "tokens" &&
      reasoningOf(reading) > 0 &&
      Number((actual as Usage)[1]) === Number((expected as Usage)[1]) + reasoningOf(reading),
  ],
  [
    "a step of the AI SDK that holds its calls is a Flow, which has no model or tokens",
    ({ view }) => /^ai\.\w+$/.test(String(view.attributes["ai.operationId"])),
  ],
  [
    "an agent is a Flow, which has no model",
    ({ what, reading }) => what === "model" && reading?.type === "flow",
  ],
  [
    "calls that were written as text are calls here",
    (one) => isSame({ ...one, expected: withCalls(one.expected) }),
  ],
  [
    "what a tool answered has the role tool",
    (one) => one.what === "input" && isSame({ ...one, expected: withToolRole(one) }),
  ],
  [
    "the system's message stands in another attribute than the others",
    ({ what, expected, actual }) =>
      what === "input" &&
      JSON.stringify((actual as unknown[] | undefined)?.slice(1)) === JSON.stringify(expected),
  ],
  [
    "the other reading does not know content that is named text",
    ({ what, expected }) =>
      what === "input" &&
      (expected as object[]).every((message) => Object.keys(message).join() === "role"),
  ],
];

function reasoningOf(reading: SpanReading | undefined): number {
  return (JSON.parse(reading?.meta.usage ?? "{}") as { reasoning?: number }).reasoning ?? 0;
}

interface PlainMessage {
  readonly role?: string;
  readonly text?: string;
  readonly calls?: readonly unknown[];
}

/** The expected messages, with calls where their text is a list of calls, neighbours as one. */
function withCalls(expected: unknown): unknown {
  if (!Array.isArray(expected)) return expected;
  const messages: PlainMessage[] = [];
  for (const message of expected as PlainMessage[]) {
    const given = asStructure(message.text);
    const isCalls = Array.isArray(given) && given.every((call) => asObject(call)?.function);
    const calls = isCalls ? given.map(plainCall) : undefined;
    const last = messages.at(-1);
    if (calls === undefined) messages.push(message);
    else if (last?.calls === undefined) messages.push({ role: "assistant", calls });
    else messages[messages.length - 1] = { ...last, calls: [...last.calls, ...calls] };
  }
  return messages;
}

/** The expected messages, with the role of ours where that is `tool`. */
function withToolRole({ expected, actual }: Comparison): unknown {
  const ours = (actual ?? []) as readonly { readonly role?: string }[];
  return (expected as readonly object[]).map((message, index) =>
    ours[index]?.role === "tool" ? { ...message, role: "tool" } : message,
  );
}

function isSame({ expected, actual }: Comparison): boolean {
  return JSON.stringify(expected) === JSON.stringify(actual);
}

function compareTrace({ spans, expected }: RecordedTrace): readonly Comparison[] {
  return expected.flatMap((one) => {
    const view = spans.find(({ spanId }) => spanId === one.spanId);
    return view === undefined ? [] : compareSpan(one, view);
  });
}

/** Langfuse's kinds of observations. `SPAN` is any other span, so it says nothing. */
const KINDS: Readonly<Record<string, string>> = {
  AGENT: "flow",
  CHAIN: "flow",
  EMBEDDING: "tool",
  GENERATION: "prompt",
  TOOL: "tool",
};

function compareSpan(one: ExpectedSpan, view: SpanView): readonly Comparison[] {
  const reading = readSpan(view, DEFAULT_LIMITS);
  const comparisons: Comparison[] = [];
  const add = (what: Comparison["what"], expected: unknown, actual: unknown): void => {
    comparisons.push({ what, span: one.name, expected, actual, view, reading });
  };
  const kind = KINDS[one.type ?? ""];
  if (kind !== undefined) add("kind", kind, reading?.type);
  if (isValue(one.model)) {
    const models = modelsOf(reading);
    add("model", one.model, models.includes(one.model) ? one.model : models[0]);
  }
  const usage = expectedUsage(one);
  if (usage !== undefined) add("tokens", usage, usageOf(reading));
  const { input, output } = one.chatml ?? {};
  if (input?.success && isMessages(input.data)) {
    add(
      "input",
      input.data.flatMap(plainMessage),
      field(reading, "messages")?.flatMap(plainMessage),
    );
  }
  if (output?.success && isMessages(output.data)) {
    add(
      "output",
      output.data.flatMap(plainMessage),
      field(reading, "output_message")?.flatMap(plainMessage),
    );
  }
  return comparisons;
}

/** Their reading gives other lists, too: of tools, or of values without a role. */
function isMessages(list: readonly ExpectedMessage[] = []): list is readonly ExpectedMessage[] {
  return list.length > 0 && list.every(({ role }) => role !== undefined);
}

/** Recordings of tests have patterns where a value changes from run to run. */
function isValue(value: unknown): value is string {
  return typeof value === "string" && !value.startsWith("<");
}

function modelsOf(reading: SpanReading | undefined): readonly string[] {
  const tool = JSON.parse(reading?.fields.tool ?? "{}") as { attributes?: { model?: string } };
  const prompt = JSON.parse(reading?.fields.prompt ?? "{}") as { model?: string };
  const response = JSON.parse(reading?.meta.response_model ?? "null") as string | null;
  return [prompt.model, tool.attributes?.model, response].filter((model) => model != null);
}

type Usage = readonly [input: unknown, output: unknown];

function expectedUsage({ usage }: ExpectedSpan): Usage | undefined {
  const input = usage.input ?? usage["gen_ai.usage.input_tokens"];
  const output = usage.output ?? usage["gen_ai.usage.output_tokens"];
  return typeof input === "number" || typeof output === "number"
    ? [input ?? null, output ?? null]
    : undefined;
}

function usageOf(reading: SpanReading | undefined): Usage {
  const usage = JSON.parse(reading?.meta.usage ?? "{}") as Record<string, number>;
  const count = (name: string): number | null =>
    reading?.fields[name] === undefined ? (usage[name] ?? null) : Number(reading.fields[name]);
  return [count("prompt_tokens"), count("output_tokens")];
}

function field(reading: SpanReading | undefined, name: string): ExpectedMessage[] | undefined {
  const text = reading?.fields[name];
  const value = text === undefined ? undefined : (JSON.parse(text) as ExpectedMessage);
  return value === undefined ? undefined : [value].flat();
}

/** Who said what, and which tools were called; the rest is shape. */
function plainMessage(message: ExpectedMessage): readonly unknown[] {
  const { role, content, tool_calls: calls = [] } = message;
  const text = textOf(content);
  return [
    {
      role: role === "model" ? "assistant" : role,
      ...(text !== "" && { text }),
      ...(calls.length > 0 && { calls: calls.map(plainCall) }),
    },
  ];
}

function textOf(content: unknown): string {
  if (Array.isArray(content)) {
    return content.map((part: { text?: string }) => part.text ?? "").join("\n");
  }
  if (typeof content !== "string") return "";
  // JSON with other spaces is the same.
  return /^\s*[[{]/.test(content) ? JSON.stringify(asStructure(content)) : content;
}

function plainCall(call: unknown): unknown {
  const {
    id,
    name,
    arguments: given,
    function: called,
  } = call as Record<string, unknown> & {
    function?: { name: string; arguments: string };
  };
  return { id, name: called?.name ?? name, arguments: called?.arguments ?? given };
}
