import type { InjectOptions } from "fastify";
import { expect, it } from "vitest";
import { otlpBody, otlpSpan } from "../otlp/otlp-body.ts";
import { type KeyedServer, startKeyedServer } from "./keys.ts";
import type { Json } from "./test-server.ts";

/** Stands in everything of the first project that the second one has no name for. */
const MARK = "of-the-first-project";

/** The OpenTelemetry trace that both projects have spans of. */
const SHARED_TRACE = "5a".repeat(16);
const SHARED_SPAN = "5b".repeat(8);

/** What a project's key holder knows of what is in it. */
interface Known {
  readonly file: Record<string, string>;
  readonly version: Record<string, string>;
  readonly environment: string;
  /** A log that the other project has none of that id of. */
  readonly log: string;
}

interface Probe extends InjectOptions {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** As `/openapi.json` names it. */
  readonly route: string;
  readonly url: string;
  /** What a project answers that knows nothing of the ids; several where there are several. */
  readonly status: number;
}

/** The same ids and paths in both projects; `mark` tells whose it is. */
async function fill(keyed: KeyedServer, key: string, mark: string): Promise<Known> {
  const ask = async (method: "GET" | "POST", url: string, payload?: object) => {
    const headers = { "x-api-key": key };
    const reply = await keyed.server.inject({ method, url, payload, headers });
    expect([url, reply.statusCode, reply.body.slice(0, 300)]).toEqual([
      url,
      200,
      expect.anything(),
    ]);
    return reply.json<Json>();
  };
  const kernels = {
    flow: { attributes: { mark } },
    prompt: { model: mark },
    tool: { function: { name: "f", description: mark } },
  };
  const file: Record<string, string> = {};
  const version: Record<string, string> = {};
  for (const [type, kernel] of Object.entries(kernels)) {
    const { id, version_id } = await ask("POST", `/v5/${type}s`, {
      path: `shared/${type}`,
      ...kernel,
      description: mark,
    });
    file[type] = String(id);
    version[type] = String(version_id);
  }
  const fields = { inputs: { mark }, output: mark, error: mark, user: mark, metadata: { mark } };
  const flow = { path: "shared/flow", flow: kernels.flow, ...fields };
  await ask("POST", "/v5/flows/log", { ...flow, log_id: "shared" });
  await ask("POST", "/v5/flows/log", { ...flow, log_id: `only ${mark}` });
  for (const type of ["prompt", "tool"] as const) {
    await ask("POST", `/v5/${type}s/log`, {
      path: `shared/${type}`,
      [type]: kernels[type],
      ...fields,
      log_id: `shared ${type}`,
      trace_parent_id: "shared",
    });
  }
  const attributes = { "gen_ai.operation.name": "chat", "gen_ai.request.model": mark };
  const span = otlpSpan(SHARED_TRACE, SHARED_SPAN, { attributes });
  await ask("POST", "/v1/traces", otlpBody([span]));
  const { id: environment } = await ask("POST", "/v5/environments", { name: mark });
  return { file, version, environment: String(environment), log: `only ${mark}` };
}

/** Every route of the API, asked with the ids that only another project has. */
function probes({ file, version, environment, log }: Known): readonly Probe[] {
  const logUrl = encodeURIComponent(log);
  const all: Probe[] = [
    { method: "GET", route: "/v5/logs/{id}", url: `/v5/logs/${logUrl}`, status: 404 },
    { method: "GET", route: "/v5/logs", url: `/v5/logs?file_id=${file.flow}`, status: 404 },
    { method: "DELETE", route: "/v5/logs", url: `/v5/logs?id=${logUrl}`, status: 404 },
    { method: "GET", route: "/api/traces", url: "/api/traces", status: 200 },
    { method: "GET", route: "/v5/files", url: "/v5/files?size=100", status: 200 },
    { method: "GET", route: "/v5/environments", url: "/v5/environments", status: 200 },
    {
      method: "POST",
      route: "/v5/environments",
      url: "/v5/environments",
      payload: { name: "staging" },
      status: 200,
    },
    {
      method: "POST",
      route: "/v5/files/retrieve-by-path",
      url: "/v5/files/retrieve-by-path",
      payload: { path: "shared/flow" },
      status: 200,
    },
    {
      method: "POST",
      route: "/v5/logs/batch",
      url: "/v5/logs/batch",
      payload: {
        logs: [
          { op: "complete", type: "flow", log_id: log },
          { op: "update", type: "flow", log_id: log, output: "taken over" },
          { op: "create", type: "tool", log_id: "below", id: file.tool, trace_parent_id: log },
        ],
      },
      status: 200,
    },
    ...["/v1/traces", "/v5/import/otel/v1/traces"].map((route) => ({
      method: "POST" as const,
      route,
      url: route,
      payload: otlpBody([
        otlpSpan(SHARED_TRACE, "5c".repeat(8), {
          parent: SHARED_SPAN,
          attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t" },
        }),
      ]),
      status: 200,
    })),
    ...["/v1/logs", "/v5/import/otel/v1/logs"].map((route) => ({
      method: "POST" as const,
      route,
      url: route,
      payload: {
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: [
                  {
                    traceId: SHARED_TRACE,
                    spanId: SHARED_SPAN,
                    eventName: "gen_ai.user.message",
                    body: { stringValue: "of the second" },
                  },
                ],
              },
            ],
          },
        ],
      },
      status: 200,
    })),
    ...["/v5/flows/logs/{log_id}", "/v5/flows/log/{log_id}"].map((route) => ({
      method: "PATCH" as const,
      route,
      url: route.replace("{log_id}", logUrl),
      payload: { output: "taken over" },
      status: 404,
    })),
  ];
  for (const type of ["flow", "prompt", "tool"]) {
    const base = `/v5/${type}s`;
    const place = { id: file[type], environment_id: environment };
    const fill = (route: string) =>
      route.replace("{id}", place.id ?? "").replace("{environment_id}", place.environment_id);
    all.push(
      { method: "GET", route: base, url: `${base}?size=100`, status: 200 },
      {
        method: "POST",
        route: base,
        url: base,
        payload: { id: place.id, attributes: {}, model: "m" },
        status: 404,
      },
      {
        method: "POST",
        route: `${base}/log`,
        url: `${base}/log?version_id=${version[type]}`,
        payload: { id: place.id, log_id: "taken" },
        status: 404,
      },
      { method: "GET", route: `${base}/{id}`, url: fill(`${base}/{id}`), status: 404 },
      ...["versions", "environments"].map((list) => ({
        method: "GET" as const,
        route: `${base}/{id}/${list}`,
        url: fill(`${base}/{id}/${list}`),
        status: 404,
      })),
      {
        method: "POST",
        route: `${base}/{id}/environments/{environment_id}`,
        url: `${fill(`${base}/{id}/environments/{environment_id}`)}?version_id=${version[type]}`,
        status: 404,
      },
      {
        method: "DELETE",
        route: `${base}/{id}/environments/{environment_id}`,
        url: fill(`${base}/{id}/environments/{environment_id}`),
        status: 404,
      },
    );
    if (type !== "flow") {
      all.push({
        method: "PATCH",
        route: `${base}/{id}/log/{log_id}`,
        url: `${base}/${place.id}/log/${encodeURIComponent(`shared ${type}`)}`,
        payload: { output: "taken over" },
        status: 404,
      });
    }
  }
  return all;
}

/** Everything that a project's key can read. */
async function readAll(keyed: KeyedServer, key: string, known: Known): Promise<string> {
  const texts: string[] = [];
  const urls = ["/api/traces", "/v5/files?size=100", "/v5/environments", "/v5/logs/shared"];
  urls.push(`/v5/logs/log_${SHARED_TRACE}${SHARED_SPAN}`);
  for (const [type, id] of Object.entries(known.file)) {
    urls.push(
      `/v5/${type}s/${id}`,
      `/v5/${type}s/${id}/versions`,
      `/v5/${type}s/${id}/environments`,
    );
    urls.push(`/v5/logs?file_id=${id}`);
  }
  for (const url of urls) {
    const reply = await keyed.server.inject({ url, headers: { "x-api-key": key } });
    expect([url, reply.statusCode]).toEqual([url, 200]);
    texts.push(reply.body);
  }
  return texts.join("\n");
}

it("keeps two projects apart by every route: same log ids, same paths, the other's ids", async () => {
  const keyed = await startKeyedServer();
  const first = (await keyed.addKey({ project: "first" })).secret;
  const second = (await keyed.addKey({ project: "second" })).secret;
  const known = await fill(keyed, first, MARK);
  const own = await fill(keyed, second, "own");
  const before = await readAll(keyed, first, known);

  const asked = new Set<string>();
  for (const { route, status, ...probe } of probes(known)) {
    asked.add(`${probe.method} ${route}`);
    const headers = { "x-api-key": second };
    const reply = await keyed.server.inject({ ...probe, headers });
    expect([probe.method, probe.url, reply.statusCode]).toEqual([probe.method, probe.url, status]);
    expect(reply.body.replaceAll(known.log, "")).not.toContain(MARK);
  }

  expect(await readAll(keyed, first, known)).toBe(before);
  expect(before).toContain(MARK);
  expect(before).not.toContain('"own"');
  expect(await readAll(keyed, second, own)).not.toContain(MARK);
  const removed = await keyed.server.inject({
    method: "DELETE",
    url: "/v5/logs?id=shared",
    headers: { "x-api-key": second },
  });
  expect(removed.statusCode).toBe(204);
  expect(await readAll(keyed, first, known)).toBe(before);
  // A route that is added has to be asked here too.
  const { paths } = (await keyed.server.inject("/openapi.json")).json<{ paths: Json }>();
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as Json).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const ofProjects = routes.filter((route) => !route.endsWith(" /api/session"));
  expect([...asked].sort()).toEqual(ofProjects.sort());
});

it("mixes two projects in no answer: a file of one with an environment or version of the other", async () => {
  const keyed = await startKeyedServer();
  const first = (await keyed.addKey({ project: "first" })).secret;
  const second = (await keyed.addKey({ project: "second" })).secret;
  const theirs = await fill(keyed, first, MARK);
  const own = await fill(keyed, second, "own");
  const before = await readAll(keyed, first, theirs);

  const urls = [
    ["GET", `/v5/prompts/${own.file.prompt}?version_id=${theirs.version.prompt}`],
    ["GET", `/v5/prompts/${own.file.prompt}?environment=${MARK}`],
    ["POST", `/v5/prompts/log?version_id=${theirs.version.prompt}`],
    ["POST", `/v5/prompts/log?environment=${MARK}`],
    ["POST", at(own.file.prompt, own.environment, theirs.version.prompt)],
    ["POST", at(own.file.prompt, theirs.environment, own.version.prompt)],
    ["POST", at(theirs.file.prompt, own.environment, own.version.prompt)],
    ["DELETE", at(own.file.prompt, theirs.environment, "")],
  ] as const;
  for (const [method, url] of urls) {
    const headers = { "x-api-key": second };
    const payload = url.includes("/log?") ? { path: "shared/prompt" } : undefined;
    const reply = await keyed.server.inject({ method, url, headers, payload });
    expect([method, url, reply.statusCode]).toEqual([method, url, 404]);
  }
  expect(await readAll(keyed, first, theirs)).toBe(before);
});

it("never tells a browser that signs in to another project that what it has is still right", async () => {
  const keyed = await startKeyedServer();
  const first = (await keyed.addKey({ project: "first" })).secret;
  const second = (await keyed.addKey({ project: "second" })).secret;
  await fill(keyed, first, MARK);
  await fill(keyed, second, "own");
  const read = (key: string, etag = "") =>
    keyed.server.inject({
      url: "/v5/logs/shared",
      headers: { "x-api-key": key, "if-none-match": etag },
    });
  // Noting the keys' use counts as a change.
  await read(first);
  await keyed.store.keys.deleteSession("none");

  const { etag = "" } = (await read(first)).headers;

  expect((await read(first, String(etag))).statusCode).toBe(304);
  const reply = await read(second, String(etag));
  expect(reply.statusCode).toBe(200);
  expect(reply.body).not.toContain(MARK);
});

function at(fileId = "", environmentId = "", versionId = ""): string {
  return `/v5/prompts/${fileId}/environments/${environmentId}?version_id=${versionId}`;
}
