import { expect, it } from "vitest";
import { exchange, listen } from "../security/raw-http.ts";
import { NEW, startTestServer, type TestServer } from "./test-server.ts";

/** Reads the metrics: each by its name and labels. */
async function readMetrics({ server }: Pick<TestServer, "server">, key?: string) {
  const headers = key === undefined ? {} : { "x-api-key": key };
  const reply = await server.inject({ url: "/metrics", headers });
  const lines = reply.body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const values = new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
  return { reply, values };
}

const requests = (method: string, route: string, status: number): string =>
  `flowspan_http_requests_total{method="${method}",route="${route}",status="${status}"}`;

it("counts requests by route and status, and logs once they are on disk", async () => {
  const server = await startTestServer();
  const { id } = await server.log("flow", NEW.flow);
  await server.post("flows/log", { path: 1 });
  await server.patch(`flows/logs/${id}`, { output: "x" });
  await server.post("logs/batch", {
    logs: [
      { op: "create", type: "tool", ...NEW.tool },
      { op: "create", type: "tool" },
    ],
  });

  const { reply, values } = await readMetrics(server);

  expect(reply.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(values.get(requests("POST", "/v5/flows/log", 200))).toBe(1);
  expect(values.get(requests("POST", "/v5/flows/log", 422))).toBe(1);
  expect(values.get(requests("PATCH", "/v5/flows/logs/:log_id", 200))).toBe(1);
  expect(values.get(requests("POST", "/v5/logs/batch", 200))).toBe(1);
  expect(values.get("flowspan_logs_written_total")).toBe(3);
  expect(values.get("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
});

it("is text that Prometheus reads: each metric has its help, its type and a number", async () => {
  const server = await startTestServer();
  await server.get("flows");

  const { reply } = await readMetrics(server);

  const blocks = reply.body.split(/^(?=# HELP )/m);
  expect(blocks.length).toBeGreaterThan(9);
  for (const block of blocks) {
    const [help = "", type = "", ...samples] = block.trimEnd().split("\n");
    const name = /^# HELP ([a-z_]+) \S.*\.$/.exec(help)?.[1];
    expect(type).toMatch(new RegExp(`^# TYPE ${name} (counter|gauge)$`));
    for (const sample of samples) {
      expect(sample).toMatch(
        new RegExp(
          `^${name}(\\{[a-z]+="[^"\\\\\\n]*"(,[a-z]+="[^"\\\\\\n]*")*\\})? \\d+(\\.\\d+)?$`,
        ),
      );
    }
  }
});

it("names nothing that a client sent", async () => {
  const server = await startTestServer();
  const sent = 'se"cret\\';
  for (const url of [`/${sent}`, `/v5/logs/${sent}`, `/v5/flows?name=${sent}`, `/v5/${sent}`]) {
    await server.server.inject({ url, headers: { "x-name": sent } });
  }

  const { reply, values } = await readMetrics(server);

  expect(reply.body).not.toContain("cret");
  expect(values.get(requests("any", "unmatched", 404))).toBe(2);
  expect(values.get(requests("GET", "/v5/logs/:id", 404))).toBe(1);
});

it("counts bytes, connections and what is no request", async () => {
  const server = await listen({ limits: { connections: 2 } });
  const ask = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

  await exchange(server.port, ask, 1);
  await exchange(server.port, "no request\r\n\r\n");
  const { values } = await readMetrics(server);

  expect(values.get(requests("GET", "/healthz", 200))).toBe(1);
  expect(values.get(requests("none", "unreadable", 400))).toBe(1);
  expect(values.get("flowspan_open_connections")).toBe(1);
  expect(values.get("flowspan_received_bytes_total")).toBe(
    ask.length + "no request\r\n\r\n".length,
  );
  expect(values.get("flowspan_sent_bytes_total")).toBeGreaterThan(ask.length);
});

it("counts what it refused for its rate, and connections past the limit", async () => {
  const server = await listen({
    limits: { connections: 1, requestsPerSecond: 1, requestBurst: 2 },
  });
  const ask = "GET /v5/flows HTTP/1.1\r\nHost: localhost\r\n\r\n";

  const first = await exchange(server.port, ask, 1);
  const dropped = await exchange(server.port, ask);
  const { values } = await readMetrics(server);
  const refused = await server.server.inject({ url: "/v5/flows" });

  expect([first.isClosed, dropped.isClosed, refused.statusCode]).toEqual([false, true, 429]);
  expect(values.get("flowspan_dropped_connections_total")).toBe(1);
});

it("needs a key that reads, where keys are needed", async () => {
  const server = await startTestServer({ apiKey: "k" });

  expect((await readMetrics(server)).reply.statusCode).toBe(401);
  expect((await readMetrics(server, "k")).reply.statusCode).toBe(200);
});
