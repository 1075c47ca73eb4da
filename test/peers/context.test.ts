import { AsyncLocalStorage } from "node:async_hooks";
import { trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { captureLogs, formatLogs } from "../../src/testing/index.ts";

const step = tool("step", async (n: number) => n);

describe("context", () => {
  it("holds in every round of an agent's loop that is an async generator", async () => {
    const think = prompt({ path: "think", prompt: { model: "m" } }, async () => "call");
    const agent = flow("agent", async function* () {
      for (let round = 0; round < 3; round++) {
        yield await think();
        yield await step(round);
      }
    });

    const { logs } = await captureLogs(async () => {
      for await (const _ of agent()) await new Promise((resolve) => setImmediate(resolve));
    });
    const round = ["  prompt think  m", "  tool step"];
    expect(formatLogs(logs)).toBe(["flow agent", ...round, ...round, ...round].join("\n"));
  });

  it("of an agent inside another's tool does not escape to the outer one", async () => {
    const inner = flow("inner", async function* () {
      yield await step(1);
      yield await step(2);
    });
    const delegate = tool("delegate", async function* () {
      yield* inner();
    });
    const outer = flow("outer", async () => {
      const all: number[] = [];
      for await (const n of delegate()) all.push(n);
      return all;
    });

    const { result, logs } = await captureLogs(() => outer());
    expect(result).toEqual([1, 2]);
    expect(formatLogs(logs)).toBe(
      [
        "flow outer",
        "  tool delegate",
        "    flow inner",
        "      tool step",
        "      tool step",
      ].join("\n"),
    );
  });

  it("of a generator is not the consumer's, who keeps his own", async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const walk = flow("walk", async function* () {
      seen.push(trace.getActiveSpan() !== undefined);
      yield 1;
    });

    await captureLogs(() =>
      store.run("mine", async () => {
        for await (const _ of walk()) seen.push(trace.getActiveSpan(), store.getStore());
      }),
    );
    expect(seen).toEqual([true, undefined, "mine"]);
  });

  it("keeps two flows at once on one instance apart", async () => {
    class Agent {
      @flow() async run(name: string): Promise<string> {
        await new Promise((resolve) => setTimeout(resolve, name === "slow" ? 6 : 1));
        return this.say(name);
      }
      @tool() async say(name: string): Promise<string> {
        return name;
      }
    }
    const agent = new Agent();

    const { logs } = await captureLogs(() => Promise.all([agent.run("slow"), agent.run("fast")]));
    const names = logs.map((log) => [log.inputs, log.children?.map((child) => child.inputs)]);
    expect(names).toHaveLength(2);
    expect(names).toContainEqual([{ name: "slow" }, [{ name: "slow" }]]);
    expect(names).toContainEqual([{ name: "fast" }, [{ name: "fast" }]]);
  });
});
