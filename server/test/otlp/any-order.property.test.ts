import fc from "fast-check";
import { expect, it } from "vitest";
import { type Json, type LogView, startTestServer, type TestServer } from "../http/test-server.ts";
import { type OtlpSpan, otlpBody, otlpSpan, seededShuffle, seededSplit } from "./otlp-body.ts";
import { withoutArrival } from "./without-arrival.ts";

/** `FLOWSPAN_RUNS=500` tries more trees. */
const RUNS = Number(process.env.FLOWSPAN_RUNS ?? 15);

const TRACE = "ab".repeat(16);
const id = (number: number) => number.toString(16).padStart(16, "0");

/** What a span may be: nothing, a log of each type, our own wrappers', with a session, unsaved. */
const KINDS: readonly Json[] = [
  {},
  { "http.route": "/r" },
  { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "agent" },
  {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 5,
    "gen_ai.usage.output_tokens": 2,
  },
  { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "tool" },
  { "flowspan.type": "flow", "flowspan.path": "own/flow", "gen_ai.conversation.id": "c" },
  { "flowspan.type": "prompt", "flowspan.path": "own/prompt" },
  { "flowspan.type": "tool", "flowspan.path": "own/tool", "flowspan.save": false },
];

const SPAN = fc.record({
  kind: fc.nat(KINDS.length - 1),
  /** Of the spans before it; one past them is a parent that never comes. */
  parent: fc.option(fc.nat(20), { nil: undefined }),
  remote: fc.option(fc.boolean(), { nil: undefined }),
  start: fc.nat(3),
  length: fc.nat(5),
  ended: fc.constantFrom(true, true, true, false),
  failed: fc.boolean(),
});

const TREE = fc.array(SPAN, { minLength: 1, maxLength: 12 }).map((spans) =>
  spans.map(({ kind, parent, remote, start, length, ended, failed }, index): OtlpSpan => {
    const above =
      parent === undefined ? undefined : parent > index ? 99 : (parent % (index + 1)) - 1;
    const flags = remote === undefined ? 0 : remote ? 0x300 : 0x100;
    const more = { start, end: start + length, attributes: KINDS[kind] };
    const placed = above === undefined || above < 0 ? {} : { parent: id(above + 1) };
    return {
      ...otlpSpan(TRACE, id(index + 1), { ...more, ...placed, name: `span ${index}` }),
      flags,
      ...(!ended && { endTimeUnixNano: "0" }),
      ...(failed && { status: { code: 2, message: "failed" } }),
    };
  }),
);

async function logsAfter(server: TestServer, parts: readonly (readonly OtlpSpan[])[]) {
  for (const part of parts) {
    const payload = JSON.stringify(otlpBody(part));
    const headers = { "content-type": "application/json" };
    const reply = await server.server.inject({
      method: "POST",
      url: "/v1/traces",
      headers,
      payload,
    });
    expect([reply.statusCode, reply.body]).toEqual([200, "{}"]);
  }
  const { body } = await server.get<{ traces: { id: string }[] }>("/api/traces");
  const logs: Record<string, unknown> = {};
  for (const { id: logId } of body.traces) {
    logs[logId] = withoutArrival((await server.get<LogView>(`logs/${logId}`)).body);
  }
  return logs;
}

it("makes the same logs of a trace's spans in whatever parts and order they come", async () => {
  await fc.assert(
    fc.asyncProperty(
      TREE,
      fc.integer({ min: 2, max: 12 }),
      fc.nat(),
      async (spans, parts, seed) => {
        const whole = await logsAfter(await startTestServer(), [spans]);
        const split = await logsAfter(
          await startTestServer(),
          seededSplit(spans, parts, seed % 97),
        );
        const again = [...seededShuffle(spans, seed % 89).map((span) => [span]), spans];
        const repeated = await logsAfter(await startTestServer(), again);

        expect(split).toEqual(whole);
        expect(repeated).toEqual(whole);
      },
    ),
    { numRuns: RUNS },
  );
}, 600_000);
