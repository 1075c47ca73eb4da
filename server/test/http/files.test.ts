import { describe, expect, it } from "vitest";
import { type Json, NEW, startTestServer } from "./test-server.ts";

const KERNELS = {
  prompt: { model: "gpt-4o", template: "Hi {{name}}" },
  flow: { attributes: { a: 1 } },
  tool: { function: { name: "add", description: "Adds." } },
} as const;

interface Files extends Json {
  readonly records: Json[];
}

describe.each(["prompt", "flow", "tool"] as const)("/v5/%ss", (type) => {
  it("creates by POST, answers the kernel at the top, and gives it back by id and path", async () => {
    const server = await startTestServer();
    const details = { description: "d", tags: ["t"], readme: "# r" };

    const { status, body } = await server.post(`${type}s`, {
      path: "dir/name",
      ...KERNELS[type],
      ...details,
      version_name: "v1",
      version_description: "first",
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...KERNELS[type],
      ...details,
      path: "dir/name",
      name: "name",
      type,
      version_name: "v1",
      version_description: "first",
      environments: [{ name: "production", tag: "default" }],
    });
    expect((await server.get(`${type}s/${body.id}`)).body).toEqual(body);
    const byPath = await server.post("files/retrieve-by-path", { path: "/dir/name/" });
    expect(byPath.body).toEqual(body);
  });

  it("is the version that a log of the same details makes", async () => {
    const server = await startTestServer();
    const log = await server.log(type, NEW[type]);

    const { body } = await server.post(`${type}s`, {
      path: NEW[type].path,
      ...(NEW[type] as unknown as Record<string, Json>)[type],
    });

    expect(body.version_id).toBe(log.version_id);
  });

  it("lists files by page, name and order", async () => {
    const server = await startTestServer();
    for (const path of ["x/Alpha", "x/beta", "alpha/gamma"]) {
      server.clock.millis += 1_000;
      await server.post(`${type}s`, { path, ...KERNELS[type] });
    }
    const paths = async (query: string) =>
      (await server.get<Files>(`${type}s?${query}`)).body.records.map(({ path }) => path);

    expect(await paths("")).toEqual(["alpha/gamma", "x/beta", "x/Alpha"]);
    expect(await paths("name=alpha")).toEqual(["x/Alpha"]);
    expect(await paths("sort_by=created_at&order=asc&size=1&page=2")).toEqual(["x/beta"]);
    expect((await server.get(`${type}s?page=9`)).body).toMatchObject({
      records: [],
      page: 9,
      size: 10,
      total: 3,
    });
    expect((await server.get("files")).body.total).toBe(3);
  });

  it("lists versions, newest first", async () => {
    const server = await startTestServer();
    const first = await server.log(type, NEW[type]);
    const kernel = { prompt: { model: "2" }, flow: { attributes: { v: 2 } }, tool: {} }[type];
    const second = await server.log(type, { path: NEW[type].path, [type]: kernel });

    const { body } = await server.get<Files>(`${type}s/${first[`${type}_id`]}/versions`);

    expect(body.records.map(({ version_id }) => version_id)).toEqual([
      second.version_id,
      first.version_id,
    ]);
  });

  it("gives one version by version_id and by environment", async () => {
    const server = await startTestServer();
    const first = await server.log(type, NEW[type]);
    const kernel = { prompt: { model: "2" }, flow: { attributes: { v: 2 } }, tool: {} }[type];
    const second = await server.log(type, { path: NEW[type].path, [type]: kernel });
    const file = `${type}s/${first[`${type}_id`]}`;
    const { body: staging } = await server.post("environments", { name: "staging" });
    await server.post(`${file}/environments/${staging.id}?version_id=${second.version_id}`, {});

    const version = async (query: string) => (await server.get(`${file}?${query}`)).body.version_id;

    expect(await version("")).toBe(first.version_id);
    expect(await version(`version_id=${second.version_id}`)).toBe(second.version_id);
    expect(await version("environment=staging")).toBe(second.version_id);
    expect((await server.get(`${file}?environment=none`)).status).toBe(404);
    expect((await server.get(`${file}?version_id=none`)).status).toBe(404);
  });

  it("deploys, lists and removes deployments", async () => {
    const server = await startTestServer();
    const { version_id, ...log } = await server.log(type, NEW[type]);
    const environments = `${type}s/${log[`${type}_id`]}/environments`;

    const before = await server.get<Json[]>(environments);
    const removed = await server.delete(`${environments}/env_default`);
    const between = await server.get<Json[]>(environments);
    const deployed = await server.post(
      `${environments}/env_default?version_id=${version_id}`,
      undefined,
    );

    expect(before.body).toMatchObject([
      { name: "production", tag: "default", file: { version_id } },
    ]);
    expect(removed.status).toBe(204);
    expect(between.body[0]).not.toHaveProperty("file");
    expect(deployed.body).toMatchObject({ version_id, environments: [{ id: "env_default" }] });
  });

  it("answers 404 for an unknown file, environment or version, and 422 for no version", async () => {
    const server = await startTestServer();
    const { version_id, ...log } = await server.log(type, NEW[type]);
    const file = `${type}s/${log[`${type}_id`]}`;

    const statuses = [
      (await server.get(`${type}s/none`)).status,
      (await server.get(`${type}s/none/versions`)).status,
      (await server.get(`${type}s/none/environments`)).status,
      (await server.post(`${file}/environments/none?version_id=${version_id}`, {})).status,
      (await server.post(`${file}/environments/env_default?version_id=none`, {})).status,
      (await server.post(`${file}/environments/env_default`, {})).status,
    ];

    expect(statuses).toEqual([404, 404, 404, 404, 404, 422]);
  });

  it("answers 409 for a version name that another version has", async () => {
    const server = await startTestServer();
    const named = { path: "p", version_name: "v1" };
    const kernel = { prompt: { model: "2" }, flow: { attributes: { v: 2 } }, tool: {} }[type];
    await server.post(`${type}s`, { ...named, ...KERNELS[type] });

    const again = await server.post(`${type}s`, { ...named, ...KERNELS[type] });
    const other = await server.post(`${type}s`, { ...named, ...kernel });

    expect([again.status, other.status]).toEqual([200, 409]);
    const { body } = await server.get<Files>(`${type}s/${again.body.id}/versions`);
    expect(body.records).toHaveLength(1);
  });
});

describe("environments", () => {
  it("start with production, and take others by name, once each", async () => {
    const server = await startTestServer();

    const made = await server.post("environments", { name: "staging" });
    const again = await server.post("environments", { name: "staging" });
    const listed = await server.get<Json[]>("environments");

    expect(made.body).toMatchObject({ name: "staging", tag: "other" });
    expect(again.status).toBe(409);
    expect(listed.body.map(({ name }) => name)).toEqual(["production", "staging"]);
  });
});

describe("POST /v5/prompts", () => {
  it("answers 422 without a model, and without path and id", async () => {
    const server = await startTestServer();

    const noModel = await server.post("prompts", { path: "p" });
    const noPath = await server.post("prompts", { model: "m" });

    expect(noModel.body.detail).toMatchObject([{ loc: ["body", "model"], type: "missing" }]);
    expect(noPath.body.detail).toMatchObject([{ loc: ["body", "path"], type: "missing" }]);
  });
});
