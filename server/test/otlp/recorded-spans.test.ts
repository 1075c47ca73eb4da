import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Json, type LogView, startTestServer, type TestServer } from "../http/test-server.ts";
import { otlpBody, type PlacedSpan, seededShuffle, seededSplit, spansIn } from "./otlp-body.ts";
import { withoutArrival } from "./without-arrival.ts";

/** Recorded spans stand beside the checkout; without them these tests skip by name. */
const FOLDER = fileURLToPath(new URL("../../../../shared/fixtures/", import.meta.url));
const hasRecordings = existsSync(`${FOLDER}index.json`);

const files = hasRecordings
  ? (JSON.parse(readFileSync(`${FOLDER}index.json`, "utf8")) as { otlp: { file: string }[] }).otlp
  : [];

/** Every log of a project, by id, without what tells when and how often it came. */
async function logsOf({ get }: TestServer): Promise<Record<string, unknown>> {
  const logs: Record<string, unknown> = {};
  const { body } = await get<{ traces: { id: string }[] }>("/api/traces?limit=1000");
  for (const { id } of body.traces) {
    const { body: log } = await get<LogView>(`logs/${id}`);
    logs[id] = withoutArrival(log);
  }
  return logs;
}

async function send(server: TestServer, parts: readonly (readonly PlacedSpan[])[]): Promise<void> {
  for (const part of parts) {
    const reply = await server.server.inject({
      method: "POST",
      url: "/v1/traces",
      headers: { "content-type": "application/json" },
      payload: JSON.stringify(otlpBody(part)),
    });
    expect(reply.statusCode, reply.body).toBe(200);
    expect(reply.json<Json>()).toEqual({});
  }
}

describe.skipIf(!hasRecordings)("recorded spans, sent to a server", () => {
  it("are there to be read", () => {
    expect(files.length).toBeGreaterThan(5);
  });

  for (const { file } of files) {
    it(`makes the same logs of ${file} in whatever parts and order it comes`, async () => {
      const spans = spansIn(JSON.parse(readFileSync(FOLDER + file, "utf8")) as Json);
      const ways: [string, PlacedSpan[][]][] = [
        ["whole", [spans]],
        ["span by span", spans.map((span) => [span])],
        ["backwards", spans.toReversed().map((span) => [span])],
        ["all at once", spans.map((span) => [span])],
        ["shuffled", seededShuffle(spans, 1).map((span) => [span])],
        ...[2, 3, 5].map((parts): [string, PlacedSpan[][]] => [
          `in ${parts} parts`,
          seededSplit(spans, parts, parts),
        ]),
      ];

      const results: [string, Record<string, unknown>][] = [];
      for (const [way, parts] of ways) {
        const server = await startTestServer();
        if (way === "all at once") await Promise.all(parts.map((part) => send(server, [part])));
        else await send(server, parts);
        results.push([way, await logsOf(server)]);
      }

      const [, whole] = results[0] ?? ["", {}];
      expect(Object.keys(whole).length).toBeGreaterThan(0);
      for (const [way, logs] of results) expect(logs, way).toEqual(whole);
    });
  }
});
