import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getGlobalDispatcher } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { LogApiClientOptions } from "../../src/client/index.ts";
import { LogApiClient, LogApiError } from "../../src/client/index.ts";
import type { LogApiSink, SinkOptions } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";

const open: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(
  options: Partial<SinkOptions> = {},
  more: LogApiClientOptions = {},
): Promise<{ sink: LogApiSink; client: LogApiClient }> {
  const sink = await startLogApiSink({ batch: true, ...options });
  const client = new LogApiClient({ url: sink.url, retryDeadlineMillis: 0, ...more });
  open.push(sink, client);
  return { sink, client };
}

describe("LogApiClient", () => {
  it("logs a flow and a prompt under it, and completes the trace", async () => {
    const { sink, client } = await start({}, { apiKey: "k1" });

    const root = await client.logFlow({ path: "f", log_id: "log_1" }, { environment: "staging" });
    const child = await client.logPrompt({
      path: "p",
      trace_id: root.id,
      output: null,
      error: "e",
    });
    await client.updateFlow(root.id, { output: "done", trace_status: "complete" });

    expect(root).toEqual({ id: "log_1", flow_id: "file_flow", version_id: "v1" });
    expect(child).toMatchObject({ prompt_id: "file_prompt", version_id: "v1" });
    expect(sink.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", "/flows/log", { path: "f", log_id: "log_1" }],
      ["POST", "/prompts/log", { path: "p", trace_id: "log_1", output: null, error: "e" }],
      ["PATCH", "/flows/logs/log_1", { output: "done", trace_status: "complete" }],
    ]);
    expect(Object.fromEntries(sink.requests[0]!.query)).toEqual({ environment: "staging" });
    expect(sink.requests[0]!.headers).toMatchObject({
      "x-api-key": "k1",
      "content-type": "application/json",
    });
  });

  it("updates Prompt and Tool logs below their File", async () => {
    const { sink, client } = await start();
    const prompt = await client.logPrompt({ path: "p" });
    const tool = await client.logTool({ path: "t" });

    await client.updatePromptLog(prompt.prompt_id, prompt.id, { output: "x" });
    await client.updateToolLog(tool.tool_id, tool.id, { error: "y" });

    expect(sink.requests.slice(2).map(({ path }) => path)).toEqual([
      `/prompts/file_prompt/log/${prompt.id}`,
      `/tools/file_tool/log/${tool.id}`,
    ]);
  });

  it("sends a batch and gives each entry's answer", async () => {
    const { client } = await start();

    const answers = await client.batch([
      { op: "create", type: "flow", log_id: "r", path: "f" },
      { op: "create", type: "prompt", log_id: "p", path: "p", trace_id: "nowhere" },
    ]);

    expect(answers).toEqual([
      { id: "r", flow_id: "file_flow", version_id: "v1" },
      { status: 404, detail: "no log nowhere" },
    ]);
  });

  it("knows whether the server takes batches once it has answered", async () => {
    const with_ = await start();
    const without = await start({ batch: false });
    expect(with_.client.servesBatch).toBeUndefined();

    await with_.client.listLogs({ file_id: "x" });
    await without.client.listLogs({ file_id: "x" });

    expect([with_.client.servesBatch, without.client.servesBatch]).toEqual([true, false]);
  });

  it("writes lists in the query as repeated parameters", async () => {
    const { sink, client } = await start();

    await client.listLogs({ file_id: "pr 1", id: ["a", "b"], page: 2 });

    expect([...sink.requests[0]!.query]).toEqual([
      ["file_id", "pr 1"],
      ["id", "a"],
      ["id", "b"],
      ["page", "2"],
    ]);
  });

  it("keeps its connection between calls and leaves the global dispatcher alone", async () => {
    const dispatcher = getGlobalDispatcher();
    let connections = 0;
    const server = createServer((_, response) => response.end("{}"));
    server.on("connection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new LogApiClient({ url: `http://127.0.0.1:${port}` });

    for (let call = 0; call < 5; call += 1) await client.getLog("x");
    await client.close();
    server.close();

    // One may still be finishing an answer when the next call starts.
    expect(connections).toBeLessThanOrEqual(2);
    expect(getGlobalDispatcher()).toBe(dispatcher);
  });

  it.each([
    ["http://127.0.0.1:PORT", "/v5/logs/x"],
    ["http://127.0.0.1:PORT/", "/v5/logs/x"],
    ["http://127.0.0.1:PORT/v5/", "/v5/logs/x"],
    ["http://127.0.0.1:PORT/api/log", "/api/log/logs/x"],
  ])("takes %s as an address", async (url, expected) => {
    const paths: unknown[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new LogApiClient({ url: url.replace("PORT", String(port)) });

    await client.getLog("x");
    await client.close();
    server.close();

    expect(paths).toEqual([expected]);
  });

  it("tries again after 429, 503 and a cut connection", async () => {
    const faults = [
      { status: 429, headers: { "retry-after": "0" } },
      { status: 503, headers: { "retry-after": new Date().toUTCString() } },
      "reset",
    ] as const;
    let next = 0;
    const { sink, client } = await start(
      { fault: () => faults[next++] },
      { retryDeadlineMillis: 5_000 },
    );

    await client.logFlow({ path: "f", log_id: "r" });

    expect(sink.requests).toHaveLength(4);
    expect(sink.logs.size).toBe(1);
  });

  it("throws an error that tells request and answer, and no key and no payload", async () => {
    const detail = "the trace is complete";
    const { client } = await start(
      { fault: () => ({ status: 409, body: { detail } }) },
      { apiKey: "top-secret" },
    );

    const error = await client.logFlow({ path: "f", output: "private" }).catch((one) => one);

    expect(error).toBeInstanceOf(LogApiError);
    expect(LogApiError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      name: "LogApiError",
      code: "ERR_LOG_API_REFUSED",
      status: 409,
      detail,
      message: 'POST "/flows/log": 409 Conflict (the trace is complete)',
    });
    expect(JSON.stringify(error) + error.stack).not.toMatch(/top-secret|private/);
  });

  it("tells each field that a 422 names", async () => {
    const detail = [
      { loc: ["body", "inputs"], msg: "Input should be an object", type: "dict_type" },
    ];
    const { client } = await start({ fault: () => ({ status: 422, body: { detail } }) });

    await expect(client.logFlow({})).rejects.toThrow(
      'POST "/flows/log": 422 Unprocessable Content (body.inputs: Input should be an object)',
    );
  });

  it("tells a server that stays away from one that refuses", async () => {
    const busy = await start({ fault: () => ({ status: 503 }) });
    const silent = await start({ fault: () => "hang" }, { requestTimeoutMillis: 50 });

    await expect(busy.client.getLog("x")).rejects.toMatchObject({
      code: "ERR_LOG_API_UNAVAILABLE",
      status: 503,
    });
    await expect(silent.client.getLog("x")).rejects.toMatchObject({
      code: "ERR_LOG_API_NO_ANSWER",
      message: 'GET "/logs/x": no answer within 50 ms',
      status: undefined,
    });
  });

  it("refuses an answer that is too large to hold", async () => {
    const { client } = await start({ fault: () => ({ status: 200, body: "x".repeat(9_000_000) }) });

    await expect(client.getLog("x")).rejects.toThrow("its answer with 200 is too large");
  });

  it("gives up what is open when it is closed, and closes twice without harm", async () => {
    const { client } = await start({ fault: () => "hang" });
    const call = client.getLog("x");
    call.catch(() => undefined);

    await Promise.all([client.close(), client.close()]);

    await expect(call).rejects.toMatchObject({ code: "ERR_LOG_API_NO_ANSWER" });
    await expect(client.getLog("x")).rejects.toThrow("is closed");
  });

  it.each([
    [
      { url: "localhost:4319" },
      'LogApiClient: url: expected an http:// or https:// URL, got "localhost:4319"',
    ],
    [{ url: "http://me:pw@host/v5" }, "LogApiClient: url: expected a URL without credentials"],
    [{ apiKey: "a\nb" }, "LogApiClient: apiKey: expected printable ASCII"],
    [
      { requestTimeoutMillis: 0 },
      "expected requestTimeoutMillis to be a number >= 1, got 0 (number)",
    ],
  ])("refuses %j at once", (options, message) => {
    expect(() => new LogApiClient(options)).toThrow(message);
    expect(() => new LogApiClient(options)).not.toThrow(/pw|a\nb/);
  });
});
