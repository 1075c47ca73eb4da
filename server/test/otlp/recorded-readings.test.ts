import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Json, type LogView, startTestServer, type TestServer } from "../http/test-server.ts";
import { spansIn } from "./otlp-body.ts";

/** Recorded spans stand beside the checkout; without them these tests skip by name. */
const FOLDER = fileURLToPath(new URL("../../../../shared/fixtures/", import.meta.url));
const hasRecordings = existsSync(`${FOLDER}index.json`);

/** What somebody else read from a span. */
interface ExpectedSpan {
  readonly spanId: string;
  readonly type?: string;
  readonly model?: unknown;
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly chatml?: { readonly output?: { readonly success?: boolean; readonly data?: unknown } };
}

interface Recorded {
  readonly file: string;
  readonly expected: {
    readonly per_span?: readonly ExpectedSpan[];
    readonly totals?: {
      readonly deepest_only: { readonly input: number; readonly output: number };
    };
  };
}

const files = hasRecordings
  ? (JSON.parse(readFileSync(`${FOLDER}index.json`, "utf8")) as { otlp: Recorded[] }).otlp
  : [];

/** One thing that was compared; `reason` explains a difference. */
interface Compared {
  readonly what: "kind" | "model" | "tokens" | "totals" | "output";
  readonly where: string;
  readonly isSame: boolean;
  readonly reason?: string | undefined;
}

/** Where a span stands, and everything that it tells. */
interface Place {
  readonly where: string;
  readonly told: string;
}

const KINDS: Readonly<Record<string, string>> = {
  GENERATION: "prompt",
  TOOL: "tool",
  AGENT: "flow",
  CHAIN: "flow",
};

function typeOf(log: Json): string {
  return ["flow", "prompt", "tool"].find((type) => type in log) ?? "none";
}

/** What a test's matcher stands for was not recorded. */
function isRecorded(value: unknown): boolean {
  return value !== undefined && value !== null && !String(value).startsWith("<Is");
}

function compareSpan(span: ExpectedSpan, log: Json | undefined, place: Place): Compared[] {
  const { where } = place;
  const kind = KINDS[span.type ?? ""];
  if (log === undefined) {
    return kind === undefined ? [] : [{ what: "kind", where, isSame: false, ...noLog(span) }];
  }
  const type = typeOf(log);
  const compared: Compared[] = [];
  const isOwn = String(log.id).endsWith(span.spanId);
  if (kind !== undefined) {
    compared.push({ what: "kind", where, isSame: type === kind, ...otherKind(span, type, isOwn) });
  }
  if (type !== "prompt" || !isOwn) return compared;
  const { model } = log.prompt as Json;
  const response = ((log.metadata as Json | undefined)?.flowspan as Json | undefined)
    ?.response_model;
  if (isRecorded(span.model)) {
    compared.push({ what: "model", where, isSame: [model, response].includes(span.model) });
  }
  return [...compared, ...compareTokens(span, log, place), ...compareOutput(span, log, place)];
}

function noLog({ type }: ExpectedSpan): Pick<Compared, "reason"> {
  return { reason: `no log: ${type} by its name alone` };
}

function otherKind({ type }: ExpectedSpan, got: string, isOwn: boolean): Pick<Compared, "reason"> {
  if (!isOwn) return { reason: "went into the log of the span above, which is the same call" };
  if (type === "GENERATION" && got === "flow") return { reason: "the outer span of several calls" };
  return {};
}

function compareTokens(
  { usage = {} }: ExpectedSpan,
  log: Json,
  { where, told }: Place,
): Compared[] {
  const [input, output] = [
    usage.input ?? usage["gen_ai.usage.input_tokens"],
    usage.output ?? usage["gen_ai.usage.output_tokens"],
  ];
  if (!isRecorded(input) || !isRecorded(output)) return [];
  const isSame = log.prompt_tokens === input && log.output_tokens === output;
  const reasoning = Number(usage.output_reasoning ?? 0);
  let reason: string | undefined;
  if (log.output_tokens === Number(output) + reasoning) {
    reason = "output counts everything generated, reasoning included";
  } else if (!new RegExp(`\\b${Number(input)}\\b`).test(told)) {
    reason =
      "the index has an estimate; no span tells tokens, or the inner span of the same call does";
  }
  return [{ what: "tokens", where, isSame, reason }];
}

/** The text that an assistant said, and the tools it called, whatever form they stand in. */
function compareOutput({ chatml }: ExpectedSpan, log: Json, { where }: Place): Compared[] {
  const data = chatml?.output?.success === true ? chatml.output.data : undefined;
  if (!Array.isArray(data)) return [];
  const said = data.flatMap((message: Json) =>
    typeof message.content === "string" && message.content !== "" ? [message.content] : [],
  );
  const called = data.flatMap((message: Json) =>
    ((message.tool_calls ?? []) as Json[]).map(({ name }) => String(name)),
  );
  const text = JSON.stringify([log.output_message, log.output, log.messages]);
  const has = (part: string) => text.includes(JSON.stringify(part).slice(1, -1));
  const names = said.flatMap((part) => [...part.matchAll(/"function":{"name":"(\w+)"/g)]);
  const isCalls = names.length > 0 && names.every(([, name = ""]) => has(name));
  const reason = isCalls ? "tool calls that stand in a text are read as tool calls" : undefined;
  return [{ what: "output", where, isSame: [...said, ...called].every(has), reason }];
}

async function readFile(server: TestServer, { file, expected }: Recorded): Promise<Compared[]> {
  const body = JSON.parse(readFileSync(FOLDER + file, "utf8")) as Json;
  const headers = { "content-type": "application/json" };
  const payload = JSON.stringify(body);
  const reply = await server.server.inject({ method: "POST", url: "/v1/traces", headers, payload });
  expect([reply.statusCode, reply.body]).toEqual([200, "{}"]);

  const compared: Compared[] = [];
  const merged = new Set<string>();
  const sent = new Map(spansIn(body).map(({ span }) => [span.spanId, span]));
  for (const span of expected.per_span ?? []) {
    const id = `log_${sent.get(span.spanId)?.traceId}${span.spanId}`;
    const found = await server.get<LogView>(`logs/${id}`);
    const log = found.status === 200 ? found.body : undefined;
    if (log !== undefined && log.id !== id) merged.add(`${file} ${log.id.slice(-16)}`);
    const told = JSON.stringify(sent.get(span.spanId)?.attributes);
    compared.push(...compareSpan(span, log, { where: `${file} ${span.spanId}`, told }));
  }
  for (const [index, each] of compared.entries()) {
    if (each.what === "output" && each.reason === undefined && merged.has(each.where)) {
      compared[index] = { ...each, reason: "of two spans of one call the inner one's texts count" };
    }
  }
  const { traces } = (await server.get<{ traces: Json[] }>("/api/traces")).body;
  const sum = (name: string) => traces.reduce((all, each) => all + Number(each[name] ?? 0), 0);
  const { input, output } = expected.totals?.deepest_only ?? {};
  if (input !== undefined && (input > 0 || output !== 0)) {
    const isSame = sum("prompt_tokens") === input && sum("output_tokens") === output;
    const isTwice = sum("prompt_tokens") * 2 === input && sum("output_tokens") * 2 === output;
    const explained = compared.find(
      ({ what, reason }) => what === "tokens" && reason !== undefined,
    );
    const reason = isTwice
      ? "the index adds up the outer and the inner span of each call"
      : explained?.reason;
    compared.push({ what: "totals", where: file, isSame, ...(reason && { reason }) });
  }
  return compared;
}

describe.skipIf(!hasRecordings)("what somebody else read from recorded spans", () => {
  it("stands in their logs, but for what is explained", async () => {
    const compared: Compared[] = [];
    for (const file of files) compared.push(...(await readFile(await startTestServer(), file)));

    const lines = ["kind", "model", "tokens", "output", "totals"].map((what) => {
      const ofKind = compared.filter((each) => each.what === what);
      return `${what}: ${ofKind.filter(({ isSame }) => isSame).length} of ${ofKind.length} the same`;
    });
    const different = compared.filter(({ isSame }) => !isSame);
    for (const { what, where, reason } of different) {
      lines.push(`${what} ${where}: ${reason ?? "NOT EXPLAINED"}`);
    }
    process.stdout.write(`${lines.join("\n")}\n`);
    expect(different.filter(({ reason }) => reason === undefined)).toEqual([]);
  }, 60_000);
});
