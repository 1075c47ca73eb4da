import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { NEW, startTestServer } from "./test-server.ts";

const WRONG: readonly (readonly [field: string, value: unknown, type: string])[] = [
  ["path", 3, "string_type"],
  ["path", "", "string_too_short"],
  ["output", { text: "x" }, "string_type"],
  ["error", true, "string_type"],
  ["inputs", "text", "dict_type"],
  ["inputs", ["a"], "dict_type"],
  ["metadata", 1, "dict_type"],
  ["provider_latency", "1.5", "float_type"],
  ["start_time", "yesterday", "datetime_parsing"],
  ["end_time", "2024-02-30T00:00:00Z", "datetime_parsing"],
  ["created_at", 1720478435, "string_type"],
  ["save", "yes", "bool_type"],
  ["user", 7, "string_type"],
  ["batches", "b1", "list_type"],
];

describe.each(["prompt", "flow", "tool"] as const)("a bad field of a %s log", (type) => {
  it.each(WRONG)("%s: %j is answered 422, named, of type %s", async (field, value, errorType) => {
    const server = await startTestServer();

    const { status, body } = await server.post(`${type}s/log`, { ...NEW[type], [field]: value });

    expect(status).toBe(422);
    const msg = expect.any(String);
    expect(body).toEqual({ detail: [{ loc: ["body", field], msg, type: errorType }] });
    expect((await server.get("files")).body.total).toBe(0);
  });

  it("is answered with every field that is wrong", async () => {
    const server = await startTestServer();

    const { body } = await server.post<{ detail: { loc: string[] }[] }>(`${type}s/log`, {
      ...NEW[type],
      output: 1,
      user: 2,
    });

    expect(body.detail.map(({ loc }) => loc[1]).sort()).toEqual(["output", "user"]);
  });

  it("neither path nor id is answered 422", async () => {
    const server = await startTestServer();

    const { status, body } = await server.post(`${type}s/log`, { output: "x" });

    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ["body", "path"], type: "missing" }]);
  });
});

describe("a bad field of a prompt log", () => {
  it.each([
    [{ prompt_tokens: 1.5 }, ["prompt_tokens"], "int_type"],
    [{ prompt_tokens: 2 ** 53 }, ["prompt_tokens"], "less_than_equal"],
    [{ output_cost: "1" }, ["output_cost"], "float_type"],
    [{ tool_choice: "maybe" }, ["tool_choice"], "union_error"],
    [{ messages: [{ content: "x" }] }, ["messages", 0, "role"], "literal_error"],
    [{ messages: [{ role: "user", content: 3 }] }, ["messages", 0, "content"], "union_error"],
    [{ output_message: { role: "robot" } }, ["output_message", "role"], "literal_error"],
    [{ prompt: {} }, ["prompt", "model"], "missing"],
    [{ prompt: { model: "m", temperature: "hot" } }, ["prompt", "temperature"], "float_type"],
  ])("%j", async (fields, place, type) => {
    const server = await startTestServer();

    const { status, body } = await server.post("prompts/log", { ...NEW.prompt, ...fields });

    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ["body", ...place], type }]);
  });
});

describe("a bad field of a flow log", () => {
  it.each(["trace_status", "log_status", "status"])("is a %s of another name", async (name) => {
    const server = await startTestServer();

    const { status, body } = await server.post("flows/log", { ...NEW.flow, [name]: "done" });

    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ["body", name], type: "literal_error" }]);
  });
});

describe("a request body", () => {
  const body = JSON.stringify(NEW.flow);

  it.each([undefined, "text/plain;charset=UTF-8", "application/xml", "not a media type", ""])(
    "is read as JSON with Content-Type %s",
    async (type) => {
      const { server } = await startTestServer();

      const reply = await server.inject({
        method: "POST",
        url: "/v5/flows/log",
        headers: type === undefined ? {} : { "content-type": type },
        payload: Buffer.from(body),
      });

      expect(reply.statusCode).toBe(200);
    },
  );

  it("is unpacked where it comes as gzip", async () => {
    const { server } = await startTestServer();
    const headers = { "content-encoding": "gzip", "content-type": "application/json" };

    const good = await server.inject({
      method: "POST",
      url: "/v5/flows/log",
      headers,
      payload: gzipSync(body),
    });
    const broken = await server.inject({
      method: "POST",
      url: "/v5/flows/log",
      headers,
      payload: Buffer.from(body),
    });

    expect(good.statusCode).toBe(200);
    expect(broken.statusCode).toBe(422);
    expect(broken.json()).toMatchObject({ detail: [{ loc: ["body"], type: "gzip_invalid" }] });
  });

  it.each([
    ["{", "json_invalid"],
    ["", "missing"],
    ["null", "missing"],
    ["[1]", "dict_type"],
    ['"text"', "dict_type"],
    [`{"inputs":{"a":${"[".repeat(2_000)}${"]".repeat(2_000)}}}`, "json_too_deep"],
  ])("is answered 422 where it is %.12s", async (payload, type) => {
    const { server } = await startTestServer();

    const reply = await server.inject({ method: "POST", url: "/v5/flows/log", payload });

    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ detail: [{ loc: ["body"], type }] });
  });

  it("is answered 413 past the limit, packed or not, and 415 in another encoding", async () => {
    const { server } = await startTestServer({ limits: { bodyBytes: 1_000 } });
    const large = JSON.stringify({ ...NEW.flow, output: "x".repeat(2_000) });
    const post = (payload: string | Buffer, encoding?: string) =>
      server.inject({
        method: "POST",
        url: "/v5/flows/log",
        headers: encoding === undefined ? {} : { "content-encoding": encoding },
        payload,
      });

    const plain = await post(large);
    const packed = await post(gzipSync(large), "gzip");
    const other = await post(body, "br");

    expect([plain.statusCode, packed.statusCode, other.statusCode]).toEqual([413, 413, 415]);
    expect(packed.json()).toEqual({ detail: expect.any(String) });
  });
});

describe("every answer", () => {
  it.each([
    ["GET", "/v5/flows?size=1", 200],
    ["GET", "/v5/logs/none", 404],
    ["GET", "/v5/nowhere", 404],
    ["GET", "/nowhere", 404],
    ["PUT", "/v5/flows/log", 404],
    ["POST", "/v5/flows/log", 422],
    ["GET", "/%", 400],
    ["GET", "/healthz", 200],
    ["GET", "/openapi.json", 200],
  ] as const)("to %s %s says that batches are taken (%s)", async (method, url, status) => {
    const { server } = await startTestServer();

    const reply = await server.inject({ method, url });

    expect(reply.statusCode).toBe(status);
    expect(reply.headers["flowspan-batch"]).toBe("1");
    expect(reply.headers["x-content-type-options"]).toBe("nosniff");
    if (status >= 400) expect(reply.json()).toHaveProperty("detail");
  });

  it("hides what went wrong inside, and tells the program", async () => {
    const failure = new Error("secret");
    const heard: unknown[] = [];
    const { server } = await startTestServer({
      clock: () => {
        throw failure;
      },
      onError: (error) => heard.push(error),
    });

    const reply = await server.inject({ method: "POST", url: "/v5/flows/log", payload: NEW.flow });

    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toEqual({ detail: "Internal server error. Nothing was stored." });
    expect(reply.headers["flowspan-batch"]).toBe("1");
    expect(heard).toEqual([failure]);
  });
});

describe("GET /openapi.json", () => {
  it("describes every field of a prompt log", async () => {
    const { server } = await startTestServer();

    const { paths } = (await server.inject("/openapi.json")).json();

    const body = paths["/v5/prompts/log"].post.requestBody.content["application/json"].schema;
    expect(Object.keys(body.properties)).toEqual(
      expect.arrayContaining(["path", "prompt", "inputs", "tool_choice", "start_time"]),
    );
    expect(body.properties.messages.anyOf[0].items.required).toEqual(["role"]);
    expect(paths).toHaveProperty(["/v5/logs/{id}", "get"]);
    expect(paths).toHaveProperty(["/v5/logs/batch", "post"]);
  });
});
