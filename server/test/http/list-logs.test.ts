import { describe, expect, it } from "vitest";
import { type Json, NEW, startTestServer } from "./test-server.ts";

interface Listed extends Json {
  readonly records: { readonly id: string; readonly trace_children?: unknown[] }[];
  readonly total: number;
}

/** Five prompt logs, a second apart, two of them in a trace. */
async function startWithLogs() {
  const server = await startTestServer();
  await server.log("flow", { ...NEW.flow, log_id: "root" });
  const base = NEW.prompt;
  const created = (second: number) => ({ created_at: `2024-01-01T00:00:0${second}Z` });
  const first = await server.log("prompt", {
    ...base,
    ...created(1),
    log_id: "log-a",
    inputs: { question: '100% of_them, said "they"\n' },
  });
  await server.log("prompt", { ...base, ...created(2), log_id: "log-b", output: "The Answer" });
  await server.log("prompt", { ...base, ...created(3), log_id: "log-c", trace_id: "root" });
  const other = await server.log("prompt", {
    path: base.path,
    prompt: { model: "other" },
    ...created(4),
    log_id: "other-d",
    metadata: { run: "nightly" },
  });
  await server.log("prompt", { ...base, ...created(5), log_id: "other-e", trace_id: "root" });
  const list = async (query: string) => {
    const { status, body } = await server.get<Listed>(`logs?file_id=${first.prompt_id}&${query}`);
    expect(status).toBe(200);
    return body;
  };
  const ids = async (query: string) => (await list(query)).records.map(({ id }) => id);
  return { server, list, ids, first, other };
}

describe("GET /v5/logs", () => {
  it("lists a file's logs newest first, with page, size and total", async () => {
    const { list } = await startWithLogs();

    const { records, ...page } = await list("");

    expect(records.map(({ id }) => id)).toEqual(["other-e", "other-d", "log-c", "log-b", "log-a"]);
    expect(page).toEqual({ page: 1, size: 10, total: 5 });
  });

  it("answers a page past the last with no records", async () => {
    const { list, ids } = await startWithLogs();

    expect(await ids("size=2&page=3")).toEqual(["log-a"]);
    expect(await list("size=2&page=4")).toEqual({ records: [], page: 4, size: 2, total: 5 });
    expect((await list("size=0")).records).toEqual([]);
  });

  it.each([
    ["id=log-&id=er-e", ["other-e", "log-c", "log-b", "log-a"]],
    ["id=LOG-A", ["log-a"]],
    ["search=answer", ["log-b"]],
    ["search=100%25", ["log-a"]],
    ["search=of_them", ["log-a"]],
    ["search=ofXthem", []],
    ["search=said+%22they%22%0A", ["log-a"]],
    ["search=%22question%22:%22100", ["log-a"]],
    ["metadata_search=nightly", ["other-d"]],
    ["start_date=2024-01-01T00:00:04", ["other-e", "other-d"]],
    ["end_date=2024-01-01T00:00:02Z", ["log-b", "log-a"]],
    ["start_date=2024-01-02", []],
    ["in_trace_filter=true", ["other-e", "log-c"]],
    ["in_trace_filter=false", ["other-d", "log-b", "log-a"]],
    ["in_trace_filter=true&in_trace_filter=false&size=1", ["other-e"]],
    ["version_status=committed&include_parent=true&size=1", ["other-e"]],
  ])("filters by %s", async (query, expected) => {
    const { ids } = await startWithLogs();

    expect(await ids(query)).toEqual(expected);
  });

  it("takes as many ids as a URL holds", async () => {
    const { ids } = await startWithLogs();
    const others = Array.from({ length: 1_100 }, (_, index) => `id=x${index}`).join("&");

    expect(await ids(`${others}&id=log-a`)).toEqual(["log-a"]);
  });

  it("answers the last page there can be", async () => {
    const { list } = await startWithLogs();

    expect((await list("size=10000&page=1000000000")).records).toEqual([]);
  });

  it("filters by version_id", async () => {
    const { ids, other } = await startWithLogs();

    expect(await ids(`version_id=${other.version_id}`)).toEqual(["other-d"]);
  });

  it("gives a sample of about the size asked for", async () => {
    const { list } = await startWithLogs();

    const { records, total } = await list("sample=2");

    expect([records.length, total]).toEqual([2, 2]);
  });

  it("gives the logs below each only where asked", async () => {
    const { server } = await startWithLogs();
    const { flow_id } = await server.log("flow", { ...NEW.flow, log_id: "root" });

    const bare = await server.get<Listed>(`logs?file_id=${flow_id}`);
    const nested = await server.get<Listed>(`logs?file_id=${flow_id}&include_trace_children=true`);

    expect(bare.body.records[0]).not.toHaveProperty("trace_children");
    expect(nested.body.records[0]?.trace_children).toHaveLength(2);
  });

  it.each([
    ["", "file_id", "missing"],
    ["file_id=x&page=0", "page", "greater_than_equal"],
    ["file_id=x&page=99999999999999999999", "page", "less_than_equal"],
    ["file_id=x&size=10001", "size", "less_than_equal"],
    ["file_id=x&page=one", "page", undefined],
    ["file_id=x&size=-1", "size", undefined],
    ["file_id=x&start_date=soon", "start_date", "datetime_parsing"],
    ["file_id=x&in_trace_filter=maybe", "in_trace_filter", undefined],
  ])("answers 422 for ?%s", async (query, field, type) => {
    const server = await startTestServer();

    const { status, body } = await server.get<{ detail: { loc: string[]; type: string }[] }>(
      `logs?${query}`,
    );

    expect(status).toBe(422);
    expect(body.detail[0]?.loc.slice(0, 2)).toEqual(["query", field]);
    if (type !== undefined) expect(body.detail[0]?.type).toBe(type);
  });

  it("answers 404 for an unknown file and an unknown log", async () => {
    const server = await startTestServer();

    expect((await server.get("logs?file_id=none")).status).toBe(404);
    expect((await server.get("logs/none")).status).toBe(404);
  });
});

describe("DELETE /v5/logs", () => {
  it("removes logs with those below them", async () => {
    const { server, ids } = await startWithLogs();

    const { status } = await server.delete("logs?id=root&id=log-a");

    expect(status).toBe(204);
    expect(await ids("")).toEqual(["other-d", "log-b"]);
    expect((await server.get("logs/root")).status).toBe(404);
    expect((await server.read("log-b")).prompt).toMatchObject({ total_logs_count: 2 });
  });

  it("is no use of the version", async () => {
    const { server } = await startWithLogs();
    const { last_used_at } = (await server.read("log-a")).prompt as Json;
    server.clock.millis += 60_000;

    await server.delete("logs?id=log-b");

    expect((await server.read("log-a")).prompt).toMatchObject({ last_used_at });
  });

  it("removes nothing where one id is unknown", async () => {
    const { server, list } = await startWithLogs();

    const { status } = await server.delete("logs?id=log-a&id=none");

    expect(status).toBe(404);
    expect((await list("")).total).toBe(5);
  });

  it("answers 422 without an id", async () => {
    const server = await startTestServer();

    expect((await server.delete("logs")).status).toBe(422);
  });
});

describe("GET /api/traces", () => {
  interface Traces extends Json {
    readonly traces: Json[];
    readonly next?: string;
  }

  it("gives one row for each trace and each log that is alone, newest first", async () => {
    const server = await startTestServer();
    await server.log("flow", {
      ...NEW.flow,
      log_id: "f",
      user: "ada",
      start_time: "2024-01-01T00:00:01Z",
      end_time: "2024-01-01T00:00:02Z",
    });
    const usage = { prompt_tokens: 3, output_tokens: 4, prompt_cost: 0.25, output_cost: 0.5 };
    await server.log("prompt", { ...NEW.prompt, trace_id: "f", ...usage });
    await server.log("prompt", { ...NEW.prompt, trace_id: "f", ...usage, error: "broke" });
    server.clock.millis += 1_000;
    const alone = await server.log("tool", NEW.tool);

    const { body } = await server.get<Traces>("/api/traces");

    expect(body).toEqual({
      traces: [
        {
          id: alone.id,
          path: "test/tool",
          type: "tool",
          created_at: "2026-01-02T03:04:06.000Z",
          error: false,
          log_count: 1,
        },
        {
          id: "f",
          path: "test/flow",
          type: "flow",
          trace_status: "incomplete",
          start_time: "2024-01-01T00:00:01.000Z",
          end_time: "2024-01-01T00:00:02.000Z",
          created_at: "2026-01-02T03:04:05.000Z",
          error: true,
          log_count: 3,
          prompt_tokens: 6,
          output_tokens: 8,
          cost: 1.5,
          user: "ada",
        },
      ],
    });
  });

  it("goes on from a cursor, past rows that came since", async () => {
    const server = await startTestServer();
    for (const log_id of ["1", "2", "3", "4", "5"]) {
      await server.log("flow", { ...NEW.flow, log_id });
    }

    const first = await server.get<Traces>("/api/traces?limit=2");
    await server.log("flow", { ...NEW.flow, log_id: "6" });
    const second = await server.get<Traces>(`/api/traces?limit=2&before=${first.body.next}`);
    const third = await server.get<Traces>(`/api/traces?limit=2&before=${second.body.next}`);

    const ids = [first, second, third].map(({ body }) => body.traces.map(({ id }) => id));
    expect(ids).toEqual([["5", "4"], ["3", "2"], ["1"]]);
    expect(third.body).not.toHaveProperty("next");
  });
});
