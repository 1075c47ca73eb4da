import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DEFAULT_PROJECT_ID } from "../../src/store/store.ts";
import { startKeyedServer } from "../http/keys.ts";
import { type Json, startTestServer, type TestServer } from "../http/test-server.ts";
import { otlpBody, otlpSpan } from "./otlp-body.ts";
import { encodeJsonRequest, otlpTypes } from "./otlp-protobuf.ts";

const TRACE = "ab".repeat(16);
const SPAN = "cd".repeat(8);
const LOG = `log_${TRACE}${SPAN}`;
const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };

const JSON_TYPE = "application/json";
const PROTOBUF_TYPE = "application/x-protobuf";

const body = otlpBody([otlpSpan(TRACE, SPAN, { attributes: CHAT })]);

function post(
  { server }: Pick<TestServer, "server">,
  payload: string | Buffer,
  headers: Record<string, string> = { "content-type": JSON_TYPE },
  url: string = "/v1/traces",
) {
  return server.inject({ method: "POST", url, payload, headers });
}

describe("POST of OTLP", () => {
  it.each(["/v1/traces", "/v5/import/otel/v1/traces", "/v1/traces/"])(
    "takes spans at %s and has their logs when it answers",
    async (url) => {
      const server = await startTestServer();

      const reply = await post(server, JSON.stringify(body), { "content-type": JSON_TYPE }, url);

      expect(reply.statusCode).toBe(200);
      expect(reply.headers["content-type"]).toContain(JSON_TYPE);
      expect(reply.headers["flowspan-batch"]).toBe("1");
      expect(reply.json()).toEqual({});
      const log = await server.read(LOG);
      expect(log).toMatchObject({
        id: LOG,
        prompt: { model: "gpt-4o", path: "test-service/prompt" },
        start_time: "2026-01-02T03:04:05.000Z",
        end_time: "2026-01-02T03:04:05.010Z",
      });
      const { body: list } = await server.get<{ traces: Json[] }>("/api/traces");
      expect(list.traces).toMatchObject([{ id: LOG, path: "test-service/prompt", log_count: 1 }]);
    },
  );

  it("takes protobuf, and answers in it", async () => {
    const server = await startTestServer();

    const reply = await post(server, encodeJsonRequest(body), { "content-type": PROTOBUF_TYPE });

    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe(PROTOBUF_TYPE);
    expect(reply.rawPayload).toHaveLength(0);
    expect(await server.read(LOG)).toMatchObject({ prompt: { model: "gpt-4o" } });
  });

  it("takes either with gzip or deflate, and parameters behind the media type", async () => {
    const forms: [string, Buffer, string][] = [
      ["gzip", gzipSync(JSON.stringify(body)), "Application/JSON; charset=utf-8"],
      ["GZIP", gzipSync(encodeJsonRequest(body)), "application/x-protobuf ; proto=x"],
      ["deflate", deflateSync(encodeJsonRequest(body)), "application/x-protobuf"],
      ["identity", Buffer.from(JSON.stringify(body)), "application/json"],
    ];

    for (const [encoding, payload, type] of forms) {
      const server = await startTestServer();
      const headers = { "content-encoding": encoding, "content-type": type };
      const reply = await post(server, payload, headers);
      expect(reply.statusCode).toBe(200);
      expect((await server.get(`logs/${LOG}`)).status).toBe(200);
    }
  });

  it("takes a request without any spans, also one without any bytes in protobuf", async () => {
    const server = await startTestServer();

    expect((await post(server, "{}")).json()).toEqual({});
    const empty = await post(server, "", { "content-type": PROTOBUF_TYPE });
    expect([empty.statusCode, empty.rawPayload.length]).toEqual([200, 0]);
  });

  it("tells how many spans it could not take, and takes the others", async () => {
    const server = await startTestServer();
    const wrong = [{ ...otlpSpan(TRACE, SPAN), spanId: "" }, otlpSpan("0".repeat(32), SPAN)];
    const spans = [otlpSpan(TRACE, SPAN, { attributes: CHAT }), ...wrong];

    const json = await post(server, JSON.stringify(otlpBody(spans)));
    const protobuf = await post(server, encodeJsonRequest(otlpBody(spans)), {
      "content-type": PROTOBUF_TYPE,
    });

    const partialSuccess = {
      rejectedSpans: "2",
      errorMessage: "span id: expected 8 bytes, not all zero (and 1 more)",
    };
    expect([json.statusCode, json.json()]).toEqual([200, { partialSuccess }]);
    expect(protobuf.statusCode).toBe(200);
    const answer = otlpTypes.lookupType("Response").decode(protobuf.rawPayload);
    expect(answer.toJSON()).toEqual({ partialSuccess });
    expect((await server.get(`logs/${LOG}`)).status).toBe(200);
    const metrics = await server.server.inject("/metrics");
    expect(metrics.body).toContain("flowspan_spans_received_total 2\n");
    expect(metrics.body).toContain("flowspan_spans_rejected_total 4\n");
  });

  it.each([
    ["no JSON", "{", {}, 400],
    ["no UTF-8", Buffer.from([0x22, 0xff, 0x22]), {}, 400],
    ["no object", "[]", {}, 400],
    ["nothing", "", {}, 400],
    ["no list of resource spans", '{"resourceSpans":"x"}', {}, 400],
    ["nested too deep", `${"[".repeat(1_001)}${"]".repeat(1_001)}`, {}, 400],
    ["no gzip", "{}", { "content-encoding": "gzip" }, 400],
    ["no deflate", "{}", { "content-encoding": "deflate" }, 400],
    ["another encoding", "{}", { "content-encoding": "br" }, 415],
    ["another media type", "{}", { "content-type": "text/plain" }, 415],
    ["no media type", "{}", { "content-type": "" }, 415],
    ["another media type with it", "{}", { "content-type": "application/json-seq" }, 415],
  ])("refuses %s with a status", async (_, payload, headers, status) => {
    const server = await startTestServer();

    const reply = await post(server, payload, { "content-type": JSON_TYPE, ...headers });

    expect(reply.statusCode).toBe(status);
    expect(reply.headers["flowspan-batch"]).toBe("1");
    expect(reply.json()).toEqual({ code: 3, message: expect.stringMatching(/\w/) });
  });

  it("tells of errors in protobuf where it was asked in it", async () => {
    const server = await startTestServer();

    const reply = await post(server, "no protobuf", { "content-type": PROTOBUF_TYPE });

    expect(reply.statusCode).toBe(400);
    expect(reply.headers["content-type"]).toBe(PROTOBUF_TYPE);
    expect(otlpTypes.lookupType("RpcStatus").decode(reply.rawPayload).toJSON()).toEqual({
      code: 3,
      message: "Body is not valid OTLP in protobuf",
    });
  });

  it("refuses bodies and requests past the limits", async () => {
    const small = await startTestServer({ limits: { bodyBytes: 100 } });
    const few = await startTestServer({ limits: { batchLogs: 1 } });
    const two = otlpBody([otlpSpan(TRACE, SPAN), otlpSpan(TRACE, "ef".repeat(8))]);

    const large = await post(small, JSON.stringify(body));
    const many = await post(few, JSON.stringify(two));

    expect([large.statusCode, large.json<Json>().code]).toEqual([413, 8]);
    expect([many.statusCode, many.json<Json>().code]).toEqual([413, 8]);
    expect((await few.get<{ traces: Json[] }>("/api/traces")).body.traces).toEqual([]);
  });

  it("asks for a key that may write, in either header, before it reads anything", async () => {
    const keyed = await startKeyedServer();
    const writer = (await keyed.addKey({ scopes: ["write"] })).secret;
    const reader = (await keyed.addKey({ scopes: ["read"] })).secret;
    const send = (headers: Record<string, string>, payload = JSON.stringify(body)) =>
      post(keyed, payload, { "content-type": JSON_TYPE, ...headers });

    expect((await send({}, "{")).statusCode).toBe(401);
    expect((await send({})).json()).toMatchObject({ code: 16 });
    const refused = await send({ "x-api-key": reader });
    expect([refused.statusCode, refused.json<Json>().code]).toEqual([403, 7]);
    expect((await send({ "x-api-key": writer })).statusCode).toBe(200);
    expect((await send({ authorization: `Bearer ${writer}` })).statusCode).toBe(200);
  });

  it("answers other methods with 404", async () => {
    const { server } = await startTestServer();

    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] as const) {
      const { statusCode } = await server.inject({ method, url: "/v1/traces" });
      expect([method, statusCode]).toEqual([method, 404]);
    }
  });

  it("has the log of a span whose ids are in upper case, asked for either way", async () => {
    const server = await startTestServer();
    const ids = { traceId: TRACE.toUpperCase(), spanId: SPAN.toUpperCase() };
    const span = { ...otlpSpan(TRACE, SPAN, { attributes: CHAT }), ...ids };

    await post(server, JSON.stringify(otlpBody([span])));

    expect((await server.read(LOG)).id).toBe(LOG);
    expect((await server.read(`log_${ids.traceId}${ids.spanId}`)).id).toBe(LOG);
  });

  it("answers other paths of OTLP with 404", async () => {
    const server = await startTestServer();

    for (const url of ["/v1/metrics", "/v5/import/otel/v1/metrics"]) {
      const reply = await post(server, "{}", { "content-type": JSON_TYPE }, url);
      expect([url, reply.statusCode]).toEqual([url, 404]);
    }
  });

  it("stands in the description of the API", async () => {
    const server = await startTestServer();

    const { paths } = (await server.server.inject("/openapi.json")).json<{ paths: Json }>();

    expect(paths).toHaveProperty(["/v1/traces", "post", "summary"], "Take OTLP spans");
    expect(paths).toHaveProperty(["/v5/import/otel/v1/traces", "post"]);
  });
});

describe("hostile OTLP", () => {
  it("with 20 MB in one attribute is taken as any other", async () => {
    const server = await startTestServer();
    const image = "iVBORw0KGgo".repeat(2_000_000);
    const attributes = {
      ...CHAT,
      "gen_ai.input.messages": JSON.stringify([
        { role: "user", parts: [{ type: "text", content: image }] },
      ]),
    };

    const reply = await post(
      server,
      JSON.stringify(otlpBody([otlpSpan(TRACE, SPAN, { attributes })])),
    );

    expect(reply.statusCode).toBe(200);
    const { messages } = await server.read(LOG);
    expect(JSON.stringify(messages).length).toBeGreaterThan(20_000_000);
  });

  it("of many empty messages is stopped for the memory they would take", async () => {
    const server = await startTestServer({ limits: { inflightBytes: 8 * 1_024 * 1_024 } });
    const bomb = Buffer.alloc(4_000_000, Buffer.from([0x0a, 0x00]));

    const reply = await post(server, bomb, { "content-type": PROTOBUF_TYPE });

    expect(reply.statusCode).toBe(413);
  });

  it("of any types anywhere is answered with what was wrong, never with 500", async () => {
    const server = await startTestServer();
    const odd = [null, 0, -1, 1e300, "", "x", "\u0000", [], [[]], {}, { key: 1 }, true, "\ud800"];
    const span = otlpSpan(TRACE, SPAN, { attributes: CHAT }) as Json;

    for (const value of odd) {
      for (const name of [...Object.keys(span), "status", "events", "links", "flags"]) {
        const payload = JSON.stringify(otlpBody([{ ...span, [name]: value } as never]));
        const { statusCode } = await post(server, payload);
        expect([name, value, statusCode]).toEqual([name, value, 200]);
      }
      for (const key of Object.keys(CHAT).concat(
        "gen_ai.input.messages",
        "gen_ai.usage.input_tokens",
        "flowspan.type",
        "flowspan.path",
      )) {
        const attributes = [
          { key, value },
          { key, value: { stringValue: value } },
          { key, value: { arrayValue: value } },
        ];
        const payload = JSON.stringify(otlpBody([{ ...span, attributes } as never]));
        expect((await post(server, payload)).statusCode).toBe(200);
      }
    }
  }, 30_000);

  it("has no secrets in what is stored of it", async () => {
    const { server, store } = await startKeyedServer();
    const secret = `sk-proj-${"a1B2".repeat(10)}`;
    const span = otlpSpan(TRACE, SPAN, {
      name: `call ${secret}`,
      attributes: {
        ...CHAT,
        "http.request.header.authorization": "Basic abc",
        note: [{ deep: secret }],
        "gen_ai.prompt.name": secret,
      },
    });

    await post(
      { server },
      JSON.stringify(otlpBody([{ ...span, status: { code: 2, message: secret } }])),
    );

    const log = await server.inject(`/v5/logs/${LOG}`);
    expect(log.statusCode).toBe(200);
    expect(log.body).not.toContain(secret);
    const [stored] = await store.read(DEFAULT_PROJECT_ID).listSpans(TRACE);
    expect(stored?.spanJson).toContain("[masked]");
    expect(stored?.spanJson).not.toContain(secret);
    expect(stored?.spanJson).not.toContain("Basic abc");
  });
});
