import { describe, expect, it } from "vitest";
import { NEW, startTestServer, type TestServer } from "../http/test-server.ts";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen } from "./raw-http.ts";

/** What a statement that is put together from texts would run. */
const SQL = [
  "'; DROP TABLE logs; --",
  '"; DROP TABLE logs; --',
  "' OR '1'='1",
  "1); DELETE FROM logs; --",
  "' UNION SELECT hash FROM keys --",
  "%' OR 1=1 --",
  "\\' OR 1=1 --",
  "?1 :name @name $name",
  "/* */ ; PRAGMA user_version = 99; --",
];

/** Every parameter that a list takes as text, and what else it must be asked with. */
const PARAMETERS: readonly (readonly [url: string, parameter: string])[] = [
  ["/v5/logs?file_id=FILE", "search"],
  ["/v5/logs?file_id=FILE", "metadata_search"],
  ["/v5/logs?file_id=FILE", "id"],
  ["/v5/logs?file_id=FILE", "version_id"],
  ["/v5/logs?file_id=FILE", "start_date"],
  ["/v5/logs?file_id=FILE", "end_date"],
  ["/v5/logs?file_id=FILE", "in_trace_filter"],
  ["/v5/logs?file_id=FILE", "sample"],
  ["/v5/logs?file_id=FILE", "page"],
  ["/v5/logs?file_id=FILE", "size"],
  ["/v5/logs?page=1", "file_id"],
  ["/v5/files?page=1", "name"],
  ["/v5/files?page=1", "sort_by"],
  ["/v5/files?page=1", "order"],
  ["/v5/flows?page=1", "name"],
  ["/v5/flows/FILE?a=1", "version_id"],
  ["/v5/flows/FILE?a=1", "environment"],
  ["/api/traces?limit=9", "before"],
  ["/api/traces?a=1", "limit"],
];

/** A server with one log that nobody may find, change or delete by what is asked for. */
async function startWithLog() {
  const server = await startTestServer();
  const answer = await server.log("flow", { ...NEW.flow, log_id: "kept", output: "untouched" });
  return { server, fileId: String(answer.flow_id ?? answer.file_id ?? "") };
}

async function expectUntouched(server: TestServer): Promise<void> {
  expect(await server.read("kept")).toMatchObject({ output: "untouched" });
  expect((await server.get("files")).body.total).toBe(1);
}

describe("text that is SQL", () => {
  it.each(PARAMETERS)("in a query is compared, never run: %s with %s", async (url, parameter) => {
    const { server, fileId } = await startWithLog();

    for (const text of SQL) {
      const query = `${url.replace("FILE", fileId)}&${parameter}=${encodeURIComponent(text)}`;
      const { status, body } = await server.get(query);

      record(`GET ${query}`, `${status} ${JSON.stringify(body)}`);
      // Names, numbers and times are refused; what is looked for is not found.
      expect([200, 404, 422]).toContain(status);
      if (status === 200 && parameter !== "before") {
        expect(body.records ?? []).toEqual([]);
      }
    }
    await expectUntouched(server);
  });

  it("in a path is an id that is not found", async () => {
    const { server } = await startWithLog();

    for (const text of SQL) {
      const id = encodeURIComponent(text);
      expect((await server.get(`logs/${id}`)).status).toBe(404);
      expect((await server.get(`flows/${id}`)).status).toBe(404);
      expect((await server.get(`flows/${id}/versions`)).status).toBe(404);
      expect((await server.patch(`flows/logs/${id}`, { output: "x" })).status).toBe(404);
      expect((await server.delete(`logs?id=${id}`)).status).toBe(404);
    }
    await expectUntouched(server);
  });

  it.each(["flow", "prompt", "tool"] as const)(
    "in any field of a %s log is stored as it is, and found as text",
    async (type) => {
      const { server } = await startWithLog();

      for (const [n, text] of SQL.entries()) {
        const fields = {
          path: `${type} ${text}`,
          log_id: `${type} ${text}`,
          output: text,
          error: text,
          user: text,
          source: text,
          stdout: text,
          session_id: text,
          inputs: { [text]: text },
          metadata: { [text]: text },
        };
        const answer = await server.log(type, { ...NEW[type], ...fields });
        const { path, log_id: id, ...rest } = fields;
        const read = await server.read(id);
        const fileId = String(answer[`${type}_id`] ?? answer.file_id);
        const search = `logs?file_id=${fileId}&search=${encodeURIComponent(text)}`;
        const found = await server.get<{ records: { id: string }[] }>(search);

        record(`${type} log ${n}: ${text}`, `stored, read and found as ${String(read.output)}`);
        expect(read).toMatchObject(rest);
        expect(found.body.records.map((log) => log.id)).toEqual([id]);
      }
      expect((await server.get("files")).body.total).toBe(SQL.length + 1);
    },
  );
});

describe("keys that objects inherit", () => {
  const POLLUTING = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;

  it("are payload like any other: stored, given back and never set on an object", async () => {
    const { server } = await startTestServer();
    const body = `{"path":"f","flow":{"attributes":${POLLUTING}},"inputs":${POLLUTING},
      "metadata":${POLLUTING},"log_id":"a","__proto__":{"path":"other","user":"other"},
      "constructor":{"prototype":{"user":"other"}}}`;

    const reply = await server.inject({ method: "POST", url: "/v5/flows/log", payload: body });
    const read = (await server.inject("/v5/logs/a")).body;

    record(`POST ${body}`, `${reply.statusCode}, and ({}).polluted is undefined`);
    expect(reply.statusCode).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBe(undefined);
    expect(read).toContain(`"inputs":${POLLUTING}`);
    expect(read).toContain(`"metadata":${POLLUTING}`);
    expect(JSON.parse(read)).toMatchObject({ flow: { path: "f" } });
    expect(JSON.parse(read).user ?? null).toBe(null);
  });

  it.each([
    "__proto__[size]=1",
    "__proto__.size=1",
    "constructor[prototype][size]=1",
    "__proto__=1",
    "size=1&size=2",
    "size[]=1",
    "size[a]=1",
    "hasOwnProperty=1&toString=1",
  ])("change nothing in a query: %s", async (query) => {
    const server = await startTestServer();

    const { status, body } = await server.get(`flows?${query}`);

    record(`GET /v5/flows?${query}`, `${status} ${JSON.stringify(body)}`);
    expect(({} as Record<string, unknown>).size).toBe(undefined);
    if (status === 200) expect(body.size).toBe(10);
    else expect(status).toBe(422);
  });
});

describe("odd values", () => {
  it("never reach a header: an id with a line break is given back in the body alone", async () => {
    const { port, log, read } = await listen();
    const id = "a\r\nSet-Cookie: stolen=1\r\n\r\n<script>";

    const answer = await log("flow", { path: id, log_id: id, flow: { attributes: {} } });
    const target = `/v5/logs/${encodeURIComponent(id)}`;
    const came = await exchange(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 1);

    record(`GET ${target}`, inWords(came));
    expect(answer.id).toBe(id);
    expect((await read(id)).id).toBe(id);
    expect(came.answers[0]?.status).toBe(200);
    expect(came.answers[0]?.head.toLowerCase()).not.toContain("set-cookie");
  });

  it.each([
    "/v5/logs/%0d%0aSet-Cookie:%20a=b",
    "/%0d%0aSet-Cookie:%20a=b",
    "/v5/flows/%0d%0aSet-Cookie:%20a=b",
    "/logs/%0d%0aSet-Cookie:%20a=b",
  ])("never reach a header from the URL %s", async (target) => {
    const { port } = await listen();

    const came = await exchange(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 1);

    record(`GET ${target}`, inWords(came));
    expect(came.answers[0]?.status).toBe(404);
    expect(came.answers[0]?.head.toLowerCase()).not.toContain("set-cookie");
  });

  it.each([
    ["a number past all numbers", '"inputs":{"n":1e999}', 200],
    ["a number of a thousand digits", `"inputs":{"n":${"9".repeat(1_000)}}`, 200],
    ["tokens past all counts", '"prompt_tokens":1e308', 422],
    ["a time past all times", '"start_time":"+275761-01-01T00:00:00Z"', 422],
    ["a time far in the past", '"created_at":"-271821-01-01T00:00:00Z"', 422],
    ["half a pair of Unicode", '"output":"\\ud800"', 200],
    ["half a pair as an id", '"log_id":"\\udfff"', 422],
    ["NUL in an id", '"log_id":"a\\u0000b"', 422],
    ["the same key twice", '"output":"first","output":"second"', 200],
  ])("are stored as JSON reads them or refused: %s", async (what, field, status) => {
    const { server, get } = await startTestServer();
    const payload = `{"path":"p","prompt":{"model":"m"},"log_id":"id",${field}}`;

    const reply = await server.inject({ method: "POST", url: "/v5/prompts/log", payload });
    const read = await get("logs/id");

    record(`${what}: ${field}`, `${reply.statusCode}, then read ${read.status}`);
    expect([reply.statusCode, read.status]).toEqual([status, status === 200 ? 200 : 404]);
    if (field.includes("second")) expect(read.body.output).toBe("second");
  });

  it.each(["(a+)+$", "%".repeat(2_000), "_".repeat(2_000), "%_".repeat(1_000), "\\".repeat(2_000)])(
    "are looked for as text, without waiting for long: %.10s",
    async (text) => {
      const { server, fileId } = await startWithLog();
      await server.log("flow", { ...NEW.flow, log_id: "long", output: `${"a%_".repeat(30_000)}b` });

      const query = encodeURIComponent(text);
      const search = await server.get(`logs?file_id=${fileId}&search=${query}`);
      const id = await server.get(`logs?file_id=${fileId}&id=${query}`);

      record(`GET /v5/logs?search=${text}`, `${search.status} ${JSON.stringify(search.body)}`);
      expect([search.body.records, id.body.records]).toEqual([[], []]);
    },
  );

  it("take no longer where they are long and a text is of their own letters", async () => {
    const { get, log } = await startTestServer();
    const output = `${"a".repeat(4 * 1_024 * 1_024)}B`;
    const { flow_id: fileId, id } = await log("flow", { ...NEW.flow, output });

    const none = await get(`logs?file_id=${fileId}&search=${"a".repeat(8_000)}c`);
    const found = await get(`logs?file_id=${fileId}&search=${"A".repeat(8_000)}b`);

    record("a search for 8,001 letters in 4 MiB of them", `${none.status}, none found`);
    expect([none.body.total, found.body.records]).toEqual([0, [expect.objectContaining({ id })]]);
  });
});
