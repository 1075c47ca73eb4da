import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Json, type LogView, startTestServer, type TestServer } from "../http/test-server.ts";
import { otlpBody, type PlacedSpan, seededShuffle, spansIn } from "./otlp-body.ts";
import { encodeJsonRequest } from "./otlp-protobuf.ts";
import { withoutArrival } from "./without-arrival.ts";

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
  if (type !== "prompt") return compared;
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

/** How a file's spans are sent: in which parts, and in which encoding. */
interface Way {
  readonly name: string;
  readonly type: "application/json" | "application/x-protobuf";
  readonly split: (spans: readonly PlacedSpan[]) => readonly (readonly PlacedSpan[])[];
}

const SPLITS: Readonly<Record<string, Way["split"]>> = {
  whole: (spans) => [spans],
  "span by span": (spans) => spans.map((span) => [span]),
  shuffled: (spans) => seededShuffle(spans, 1).map((span) => [span]),
};

const WAYS: readonly Way[] = Object.entries(SPLITS).flatMap(([name, split]) => [
  { name: `${name}, JSON`, type: "application/json", split },
  { name: `${name}, protobuf`, type: "application/x-protobuf", split },
]);

/** The spans in traces of their own: some files share ids, and one server gets them all. */
function underNewTraces(spans: readonly PlacedSpan[], seed: string): PlacedSpan[] {
  return spans.map(({ span, ...place }) => {
    const traceId = createHash("md5").update(`${seed} ${span.traceId}`).digest("hex");
    return { ...place, span: { ...span, traceId } };
  });
}

async function send({ server }: TestServer, spans: readonly PlacedSpan[], way: Way): Promise<void> {
  for (const part of way.split(spans)) {
    const body = otlpBody(part);
    const payload =
      way.type === "application/json" ? JSON.stringify(body) : encodeJsonRequest(body);
    const headers = { "content-type": way.type };
    const reply = await server.inject({ method: "POST", url: "/v1/traces", headers, payload });
    expect([reply.statusCode, reply.body]).toEqual([200, reply.body && "{}"]);
  }
}

/** The logs of traces, with the ids that the file has. */
async function logsOf(
  server: TestServer,
  spans: readonly PlacedSpan[],
  sent: readonly PlacedSpan[],
): Promise<readonly Json[]> {
  const traceIds = new Map(
    sent.map(({ span }, index) => [span.traceId, spans[index]?.span.traceId]),
  );
  const { traces } = (await server.get<{ traces: Json[] }>("/api/traces?limit=1000")).body;
  const logs: Json[] = [];
  for (const { id } of traces) {
    if (!traceIds.has(String(id).slice(4, 36))) continue;
    const text = JSON.stringify(withoutArrival(await server.read(String(id))));
    logs.push(JSON.parse(text.replace(/[\da-f]{32}/g, (hex) => traceIds.get(hex) ?? hex)) as Json);
  }
  return logs.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
}

/** Its own trap is not marked: the inner spans stand in traces beside those of the outer ones. */
const TWICE = "the index adds up the outer and the inner span of each call";

/** What a field adds up to over Prompts, which is all that has tokens. */
function sumOf(logs: readonly Json[], name: string): number {
  return logs.reduce(
    (sum, log) => sum + Number(log[name] ?? 0) + sumOf((log.trace_children ?? []) as Json[], name),
    0,
  );
}

async function compareFile(
  server: TestServer,
  { file, expected }: Recorded,
  sent: readonly PlacedSpan[],
  logs: readonly Json[],
): Promise<Compared[]> {
  const compared: Compared[] = [];
  const byId = new Map(sent.map(({ span }) => [span.spanId, span]));
  for (const span of expected.per_span ?? []) {
    const id = `log_${byId.get(span.spanId)?.traceId}${span.spanId}`;
    const found = await server.get<LogView>(`logs/${id}`);
    const log = found.status === 200 ? found.body : undefined;
    const told = JSON.stringify(byId.get(span.spanId)?.attributes);
    compared.push(...compareSpan(span, log, { where: `${file} ${span.spanId}`, told }));
  }
  const { input, output } = expected.totals?.deepest_only ?? {};
  if (input !== undefined && (input > 0 || output !== 0)) {
    const [prompts, outputs] = [sumOf(logs, "prompt_tokens"), sumOf(logs, "output_tokens")];
    const isSame = prompts === input && outputs === output;
    const isTwice = prompts * 2 === input && outputs * 2 === output;
    const explained = compared.find(
      ({ what, reason }) => what === "tokens" && reason !== undefined,
    );
    const where = `${file}: ${prompts}/${outputs}, expected ${input}/${output}`;
    compared.push({ what: "totals", where, isSame, reason: isTwice ? TWICE : explained?.reason });
  }
  return compared;
}

describe.skipIf(!hasRecordings)("what somebody else read from recorded spans", () => {
  it("stands in their logs on one server, whole, span by span, shuffled, in JSON and protobuf", async () => {
    const server = await startTestServer();
    const lines: string[] = [];
    const different = new Map<string, string | undefined>();
    const logsByFile = new Map<string, readonly Json[]>();

    for (const way of WAYS) {
      const compared: Compared[] = [];
      let sameFiles = 0;
      for (const each of files) {
        const { file } = each;
        const spans = spansIn(JSON.parse(readFileSync(FOLDER + file, "utf8")) as Json);
        const sent = underNewTraces(spans, `${file} ${way.name}`);
        await send(server, sent, way);
        const logs = await logsOf(server, spans, sent);
        compared.push(...(await compareFile(server, each, sent, logs)));
        const first = logsByFile.get(file) ?? logs;
        logsByFile.set(file, first);
        expect(logs, `${file} ${way.name}`).toEqual(first);
        sameFiles += 1;
      }
      const counts = ["kind", "model", "tokens", "output", "totals"].map((what) => {
        const ofKind = compared.filter((each) => each.what === what);
        return `${what} ${ofKind.filter(({ isSame }) => isSame).length}/${ofKind.length}`;
      });
      lines.push(
        `${way.name}: ${counts.join(", ")}, files with the same logs ${sameFiles}/${files.length}`,
      );
      for (const { what, where, isSame, reason } of compared) {
        if (!isSame) different.set(`${what} ${where}`, reason);
      }
    }

    for (const [what, reason] of different) lines.push(`${what}: ${reason ?? "NOT EXPLAINED"}`);
    process.stdout.write(`${lines.join("\n")}\n`);
    expect([...different].filter(([, reason]) => reason === undefined)).toEqual([]);
  }, 120_000);
});
