import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { captureLogs } from "../../src/testing/index.ts";

describe("recorded values", () => {
  it("keep the shape of circular, BigInt, Map and Set values, and the trace is there", async () => {
    const agent: Record<string, unknown> = { name: "a", size: 12n };
    agent.self = agent;
    agent.tools = new Map([["search", new Set([1, 2])]]);
    const run = flow("run", (state: object) => ({ state, made: new Date(0) }));

    const { result, logs } = await captureLogs(() => run(agent));
    expect(result.state).toBe(agent);
    expect(logs).toHaveLength(1);
    const kept = { name: "a", size: "12", tools: { search: [1, 2] } };
    expect(logs[0]?.inputs).toMatchObject(kept);
    expect(JSON.parse(String(logs[0]?.output))).toMatchObject({
      state: kept,
      made: "1970-01-01T00:00:00.000Z",
    });
  });

  it("of a socket-like web of references lose only what cannot be told, not the log", async () => {
    class Socket {
      parser: { socket?: Socket } = {};
      get remote(): string {
        throw new Error("a getter ran");
      }
    }
    const socket = new Socket();
    socket.parser.socket = socket;
    const search = tool("search", (connection: Socket, q: string) => [connection === socket, q]);

    const { logs } = await captureLogs(() => search(socket, "x"));
    expect(logs[0]).toMatchObject({ inputs: { q: "x" }, output: '[true,"x"]' });
  });

  it("that cannot be looked at leave a marker, and the call goes on", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const run = flow("run", (value: object, q: string) => [value === proxy, q]);

    const { result, logs } = await captureLogs(() => run(proxy, "x"));
    expect(result).toEqual([true, "x"]);
    expect(logs[0]?.inputs).toMatchObject({ q: "x" });
  });

  it("are inputs by the parameters' names, also with defaults and rest", async () => {
    const run = flow("run", (question: string, limit = 3, ...tags: string[]) => [
      question,
      limit,
      tags,
    ]);

    const { logs } = await captureLogs(() => run("x", 4, "a", "b"));
    expect(logs[0]?.inputs).toEqual({ question: "x", limit: 4, tags: ["a", "b"] });
  });

  it("are inputs by the names of the options where a minifier took the parameters' own", async () => {
    const run = flow({ path: "run", inputs: ["question", "limit"] }, (a: string, b: number) => [
      a,
      b,
    ]);

    const { logs } = await captureLogs(() => run("x", 4));
    expect(logs[0]?.inputs).toEqual({ question: "x", limit: 4 });
  });

  it("have secrets masked by default, by their look and by their key", async () => {
    const look = `sk-${"a1B2".repeat(8)}`;
    const ask = prompt("ask", (request: object) => ({ headers: { authorization: look }, request }));

    const { result, logs } = await captureLogs(() =>
      ask({ q: `use ${look}`, password: "hunter2" }),
    );
    expect(JSON.stringify(result)).toContain(look);
    const told = JSON.stringify(logs);
    expect(told).not.toContain(look);
    expect(told).not.toContain("hunter2");
    expect(logs[0]?.inputs).toEqual({ q: "use [masked]", password: "[masked]" });
  });

  it("are as they were at the call, whatever an agent does with its lists afterwards", async () => {
    const messages = [{ role: "user", content: "x" }];
    const ask = prompt("ask", async (history: typeof messages) => {
      history.push({ role: "assistant", content: "y" });
      return history.length;
    });

    const { logs } = await captureLogs(() => ask(messages));
    expect(logs[0]?.messages).toEqual([{ role: "user", content: "x" }]);
  });
});
