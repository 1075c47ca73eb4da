import { describe, expect, it } from "vitest";
import { readLogs } from "../../src/otlp/read-logs.ts";
import { type Json, startTestServer, type TestServer } from "../http/test-server.ts";
import { attributesOf, otlpBody, otlpSpan, seededShuffle } from "./otlp-body.ts";

const TRACE = "ab".repeat(16);
const SPAN = "cd".repeat(8);
const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };

/** A log record with an object as its body. */
function record(eventName: string, body: Json, more: Json = {}): Json {
  const kvlistValue = { values: attributesOf(body) };
  return { traceId: TRACE, spanId: SPAN, eventName, body: { kvlistValue }, ...more };
}

function at(nanos: number): Json {
  return { timeUnixNano: `17673230450000000${String(nanos).padStart(2, "0")}` };
}

function logsBody(...logRecords: Json[]): Json {
  return { resourceLogs: [{ scopeLogs: [{ scope: { name: "s" }, logRecords }] }] };
}

const MESSAGES = [
  record("gen_ai.system.message", { content: "Be brief." }, at(1)),
  record("gen_ai.user.message", { content: "Why?" }, at(2)),
  record(
    "gen_ai.choice",
    { index: 0, finish_reason: "stop", message: { role: "assistant", content: "Because." } },
    at(3),
  ),
];

async function post({ server }: TestServer, path: string, body: Json): Promise<Json> {
  const reply = await server.inject({
    method: "POST",
    url: `/v1/${path}`,
    headers: { "content-type": "application/json" },
    payload: JSON.stringify(body),
  });
  expect(reply.statusCode).toBe(200);
  return reply.json<Json>();
}

describe("messages of a model that come as log records", () => {
  it("join their span, whichever comes first, in whatever order and however often", async () => {
    const span = otlpBody([otlpSpan(TRACE, SPAN, { attributes: CHAT })]);
    const ways = [
      [logsBody(...MESSAGES), span],
      [span, logsBody(...MESSAGES)],
      [span, ...seededShuffle(MESSAGES, 3).map((each) => logsBody(each))],
      [
        logsBody(MESSAGES[0] as Json),
        span,
        logsBody(...MESSAGES.slice(1)),
        logsBody(MESSAGES[0] as Json),
      ],
    ];

    for (const bodies of ways) {
      const server = await startTestServer();
      for (const body of bodies) {
        expect(await post(server, "resourceLogs" in body ? "logs" : "traces", body)).toEqual({});
      }

      expect(await server.read(`log_${TRACE}${SPAN}`)).toMatchObject({
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Why?" },
        ],
        output_message: { role: "assistant", content: "Because." },
      });
    }
  });

  it("are deleted with their span", async () => {
    const server = await startTestServer();
    const span = otlpBody([otlpSpan(TRACE, SPAN, { attributes: CHAT })]);
    await post(server, "logs", logsBody(...MESSAGES));
    await post(server, "traces", span);

    expect((await server.delete(`logs?id=log_${TRACE}${SPAN}`)).status).toBe(204);
    await post(server, "traces", span);

    expect(await server.read(`log_${TRACE}${SPAN}`)).not.toHaveProperty("messages");
  });
});

describe("reading log records", () => {
  it("takes the messages of models with their span, secrets masked, and nothing else", () => {
    const secret = `sk-proj-${"a1B2".repeat(10)}`;
    const read = readLogs(
      logsBody(
        record("gen_ai.user.message", { content: `my key is ${secret}` }, at(7)),
        record("user.clicked", { content: "no message" }),
        { ...record("gen_ai.user.message", { content: "of no span" }), spanId: "" },
        { body: { stringValue: "plain text" } },
        record(
          "",
          { content: "older" },
          { attributes: attributesOf({ "event.name": "gen_ai.choice" }) },
        ),
      ),
    );

    expect(read).toMatchObject([
      {
        traceId: TRACE,
        spanId: SPAN,
        timeNanos: 1_767_323_045_000_000_007n,
        event: { name: "gen_ai.user.message", body: { content: "my key is [masked]" } },
      },
      { event: { name: "gen_ai.choice", body: { content: "older" } } },
    ]);
    expect(read).toHaveLength(2);
  });

  it("passes over what is no log record, and refuses what is no request", () => {
    const odd = [7, null, "x", { scopeLogs: 7 }, { scopeLogs: [7, { logRecords: [null, [], 7] }] }];

    expect(readLogs({ resourceLogs: odd })).toEqual([]);
    for (const request of [7, [], undefined, { resourceLogs: "x" }]) {
      expect(readLogs(request)).toBeUndefined();
    }
  });
});
