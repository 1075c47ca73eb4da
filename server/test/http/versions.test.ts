import { describe, expect, it } from "vitest";
import { type Json, NEW, startTestServer } from "./test-server.ts";

const TYPES = ["prompt", "flow", "tool"] as const;

/** Other details than NEW's, for each type. */
const OTHER: Record<(typeof TYPES)[number], Json> = {
  prompt: { model: "other" },
  flow: { attributes: { changed: true } },
  tool: { function: { name: "sub", description: "Subtracts." } },
};

async function twoVersions(type: (typeof TYPES)[number]) {
  const server = await startTestServer();
  const first = await server.log(type, NEW[type]);
  const second = await server.log(type, { path: NEW[type].path, [type]: OTHER[type] });
  const fileId = first[`${type}_id`];
  return { server, first, second, fileId, path: NEW[type].path };
}

describe.each(TYPES)("the version of a %s log", (type) => {
  it("is one for the same details and another for others", async () => {
    const { server, first, second } = await twoVersions(type);

    const again = await server.log(type, NEW[type]);

    expect(again.version_id).toBe(first.version_id);
    expect(second.version_id).not.toBe(first.version_id);
  });

  it("is the one that version_id names", async () => {
    const { server, second, path } = await twoVersions(type);

    const { status, body } = await server.post(`${type}s/log?version_id=${second.version_id}`, {
      path,
    });

    expect(status).toBe(200);
    expect(body.version_id).toBe(second.version_id);
  });

  it("answers 404 for a version_id that is unknown or of another file", async () => {
    const { server, path } = await twoVersions(type);
    const foreign = await server.log(type, { ...NEW[type], path: "another" });

    for (const id of ["none", foreign.version_id]) {
      const { status, body } = await server.post(`${type}s/log?version_id=${id}`, { path });
      expect(status).toBe(404);
      expect(body.detail).toContain(id);
    }
  });

  it("is the one deployed to the environment of the query", async () => {
    const { server, first, second, fileId, path } = await twoVersions(type);
    const production = `${type}s/log?environment=production`;

    const before = await server.post(production, { path });
    const deployed = await server.post(
      `${type}s/${fileId}/environments/env_default?version_id=${second.version_id}`,
      undefined,
    );
    const after = await server.post(production, { path });

    expect(before.body.version_id).toBe(first.version_id);
    expect(deployed.status).toBe(200);
    expect(after.body.version_id).toBe(second.version_id);
  });

  it("answers 404 for an environment that is unknown or has nothing deployed", async () => {
    const { server, fileId, path } = await twoVersions(type);
    await server.delete(`${type}s/${fileId}/environments/env_default`);

    for (const name of ["staging", "production"]) {
      const { status, body } = await server.post(`${type}s/log?environment=${name}`, { path });
      expect(status).toBe(404);
      expect(body.detail).toContain(name);
    }
  });

  it("takes details beside the query where they agree, and answers 422 where they don't", async () => {
    const { server, first, path } = await twoVersions(type);
    const queries = [`version_id=${first.version_id}`, "environment=production"];

    for (const query of queries) {
      const agreeing = await server.post(`${type}s/log?${query}`, NEW[type]);
      const differing = await server.post(`${type}s/log?${query}`, { path, [type]: OTHER[type] });
      expect(agreeing.body.version_id).toBe(first.version_id);
      expect(differing.status).toBe(422);
      expect(differing.body.detail).toMatchObject([{ loc: ["body", type] }]);
    }
  });

  it("answers 422 for both parameters at once", async () => {
    const { server, first, path } = await twoVersions(type);

    const { status, body } = await server.post(
      `${type}s/log?version_id=${first.version_id}&environment=production`,
      { path },
    );

    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ["query", "environment"] }]);
  });

  it("is the one deployed by default where nothing says which", async () => {
    const { server, first, path } = await twoVersions(type);

    const answer = await server.log(type, { path });

    expect(answer.version_id).toBe(first.version_id);
  });

  it("answers 404 for a query on a path that is new, and makes nothing", async () => {
    const server = await startTestServer();

    const { status } = await server.post(`${type}s/log?environment=production`, NEW[type]);

    expect(status).toBe(404);
    expect((await server.get(`${type}s`)).body.total).toBe(0);
  });

  it("answers 409 for a path of another type, and 404 for an id of another type", async () => {
    const { server, fileId, path } = await twoVersions(type);
    const other = type === "flow" ? "tool" : "flow";

    const byPath = await server.post(`${other}s/log`, { ...NEW[other], path });
    const byId = await server.post(`${other}s/log`, { id: fileId });

    expect(byPath.status).toBe(409);
    expect(byId.status).toBe(404);
  });
});

describe("the version of a prompt log", () => {
  it("is the same for a default said and left out, null or absent, in any order", async () => {
    const server = await startTestServer();
    const same = [
      { model: "m" },
      { temperature: 1, model: "m", top_p: 1, max_tokens: -1, provider: "openai", other: {} },
      { seed: null, model: "m", template: null },
    ];

    const answers = await Promise.all(
      same.map((prompt) => server.log("prompt", { path: "p", prompt })),
    );

    expect(new Set(answers.map(({ version_id }) => version_id)).size).toBe(1);
  });

  it.each([
    { temperature: 0 },
    { template: "Hi" },
    { tools: [{ name: "add", description: "" }] },
    { provider: "anthropic" },
    { attributes: { a: 1 } },
    { a_parameter_of_tomorrow: 1 },
  ])("is another with %j", async (change) => {
    const server = await startTestServer();
    const first = await server.log("prompt", { path: "p", prompt: { model: "m" } });

    const second = await server.log("prompt", { path: "p", prompt: { model: "m", ...change } });

    expect(second.version_id).not.toBe(first.version_id);
  });

  it("does not depend on the label in the body", async () => {
    const server = await startTestServer();

    const { id } = await server.log("prompt", { ...NEW.prompt, environment: "nowhere" });

    expect((await server.read(id)).environment).toBe("nowhere");
  });

  it("answers 404 for a new path without details", async () => {
    const server = await startTestServer();

    const { status } = await server.post("prompts/log", { path: "new" });

    expect(status).toBe(404);
  });

  it("deploys only the first version of a new file by itself", async () => {
    const server = await startTestServer();
    const first = await server.log("prompt", NEW.prompt);
    const second = await server.log("prompt", { ...NEW.prompt, prompt: { model: "second" } });

    const [one, two] = await Promise.all([server.read(first.id), server.read(second.id)]);

    expect(one.prompt).toHaveProperty("environments.0.name", "production");
    expect(two.prompt).toHaveProperty("environments", []);
  });
});
