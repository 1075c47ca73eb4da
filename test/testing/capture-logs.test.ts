import { context, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { flow, prompt, record, tool, withLogContext } from "../../src/index.ts";
import { captureLogs, formatLogs } from "../../src/testing/index.ts";

const search = tool("search", async (query: string) => [`about ${query}`]);
const answer = prompt({ path: "answer", prompt: { model: "gpt-4o" } }, async (question: string) => {
  record({ promptTokens: 12, outputTokens: 3 });
  return { role: "assistant", content: `re: ${question}` };
});
const agent = flow("agent", async (question: string) => {
  await search(question);
  return (await answer(question)).content;
});

describe("captureLogs", () => {
  it("gives the logs as a tree that is the same in every run", async () => {
    const { result, logs } = await captureLogs(() => agent("x"));

    expect(result).toBe("re: x");
    expect(logs).toEqual([
      {
        type: "flow",
        path: "agent",
        flow: { attributes: {} },
        inputs: { question: "x" },
        output: "re: x",
        children: [
          {
            type: "tool",
            path: "search",
            tool: { function: { name: "search", description: "" } },
            inputs: { query: "x" },
            output: '["about x"]',
          },
          {
            type: "prompt",
            path: "answer",
            prompt: { model: "gpt-4o" },
            inputs: { question: "x" },
            output_message: { role: "assistant", content: "re: x" },
            prompt_tokens: 12,
            output_tokens: 3,
          },
        ],
      },
    ]);
    expect((await captureLogs(() => agent("x"))).logs).toEqual(logs);
  });

  it("reads well as lines", async () => {
    const failing = tool("fails", () => {
      throw new Error("no index\nat line 2");
    });
    const { logs } = await captureLogs(
      flow("outer", async () => {
        await agent("x");
        try {
          failing();
        } catch {}
      }),
    );

    expect(formatLogs(logs)).toBe(
      [
        "flow outer",
        "  flow agent",
        "    tool search",
        "    prompt answer  gpt-4o  12 -> 3 tokens",
        "  tool fails  error: Error: no index",
      ].join("\n"),
    );
  });

  it("keeps captures that run side by side apart", async () => {
    const captures = await Promise.all(["a", "b"].map((name) => captureLogs(() => agent(name))));

    expect(captures.map(({ logs }) => logs.map((log) => log.inputs))).toEqual([
      [{ question: "a" }],
      [{ question: "b" }],
    ]);
  });

  it("gives logs in the order in which they began, whoever made them and whichever ended first", async () => {
    const chat = { attributes: { "gen_ai.operation.name": "chat" } };
    const foreign = async () => trace.getTracer("other").startSpan("chat", chat).end();
    const slow = flow("slow", async () => {
      await foreign();
      await search("a");
      await foreign();
      await new Promise((resolve) => setTimeout(resolve, 5));
    });

    for (let run = 0; run < 20; run++) {
      const { logs } = await captureLogs(() => Promise.all([slow(), flow("quick", () => 1)()]));

      expect(formatLogs(logs)).toBe(
        "flow slow\n  prompt slow/chat  unknown\n  tool search\n  prompt slow/chat  unknown\nflow quick",
      );
    }
  });

  it("sees fields of the context, spans of others, and what is still open", async () => {
    const { logs } = await captureLogs(() =>
      withLogContext({ user: "u" }, async () => {
        const attributes = {
          "gen_ai.operation.name": "invoke_agent",
          "gen_ai.agent.name": "helper",
        };
        const span = trace.getTracer("other").startSpan("invoke_agent helper", { attributes });
        context.with(trace.setSpan(context.active(), span), () => void search("x"));
      }),
    );

    expect(formatLogs(logs)).toBe("flow helper\n  tool search");
    expect(logs[0]?.user).toBe("u");
  });

  it("lets the body's error through and leaves nothing behind", async () => {
    const error = new Error("the test's own");

    await expect(
      captureLogs(async () => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(trace.getTracer("after").startSpan("x").isRecording()).toBe(false);
  });

  it("refuses to run beside a registered provider and says so", async () => {
    trace.setGlobalTracerProvider({ getTracer: () => trace.getTracer("noop") });

    await expect(captureLogs(() => 1)).rejects.toThrow("expected no tracer provider");
    trace.disable();
    expect((await captureLogs(() => agent("x"))).logs).toHaveLength(1);
  });
});
