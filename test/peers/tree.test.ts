import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { type CapturedLog, captureLogs, formatLogs } from "../../src/testing/index.ts";
import { AGENT, CHAT, HTTP, inForeignSpan } from "./foreign-span.ts";

const search = tool("search", async (q: string) => [q]);
const callModel = () => inForeignSpan("chat gpt-4o", CHAT, () => "hi");

/** Every token that stands anywhere on the logs: what a sum over the trace comes to. */
function sumTokens(logs: readonly CapturedLog[]): number {
  return logs.reduce((sum, { children = [], metadata, ...fields }) => {
    const { usage } =
      (metadata as { flowspan?: { usage?: Record<string, number> } })?.flowspan ?? {};
    const own = [
      fields.prompt_tokens,
      fields.output_tokens,
      usage?.prompt_tokens,
      usage?.output_tokens,
    ];
    return own.reduce<number>((all, count) => all + Number(count ?? 0), sum + sumTokens(children));
  }, 0);
}

describe("tokens", () => {
  it("of an agent's span that repeats its calls' are counted once", async () => {
    const { logs } = await captureLogs(() =>
      inForeignSpan("invoke_agent helper", AGENT, async () => {
        await callModel();
        await callModel();
      }),
    );

    expect(formatLogs(logs)).toBe(
      [
        "flow helper",
        "  prompt helper/chat  gpt-4o  100 -> 20 tokens",
        "  prompt helper/chat  gpt-4o  100 -> 20 tokens",
      ].join("\n"),
    );
    expect(sumTokens(logs)).toBe(240);
  });

  it("of an embedding that is written as two spans are counted once", async () => {
    const embedding = {
      "gen_ai.operation.name": "embeddings",
      "gen_ai.request.model": "embed-3",
      "gen_ai.usage.input_tokens": 8,
    };

    const { logs } = await captureLogs(
      flow("index", () =>
        inForeignSpan("embeddings", embedding, () =>
          inForeignSpan("embeddings", embedding, () => 1),
        ),
      ),
    );
    expect(sumTokens(logs)).toBe(8);
  });

  it("of an agent whose calls report none stay on the agent's log", async () => {
    const { "gen_ai.usage.input_tokens": _, "gen_ai.usage.output_tokens": __, ...silent } = CHAT;

    const { logs } = await captureLogs(() =>
      inForeignSpan("invoke_agent helper", AGENT, () => inForeignSpan("chat", silent, () => 1)),
    );
    expect(sumTokens(logs)).toBe(240);
  });
});

describe("the tree", () => {
  it("has one log for a prompt() round an SDK that writes two spans for one call", async () => {
    const answer = prompt("answer", () => inForeignSpan("invoke_agent helper", AGENT, callModel));

    const { logs } = await captureLogs(flow("agent", () => answer()));
    expect(formatLogs(logs)).toBe("flow agent\n  prompt answer  gpt-4o  100 -> 20 tokens");
    expect(sumTokens(logs)).toBe(120);
  });

  it("has no logs for the spans of a web framework", async () => {
    const { logs } = await captureLogs(async () => {
      for (const path of ["/", "/favicon.ico", "/chat"]) {
        await inForeignSpan(`GET ${path}`, HTTP, () =>
          inForeignSpan("resolve page", { "next.span_type": "AppRender" }, () => 1),
        );
      }
      await inForeignSpan("GET /chat", HTTP, () =>
        inForeignSpan("fetch", { "url.full": "http://localhost/x" }, () => search("x")),
      );
    });

    expect(formatLogs(logs)).toBe("tool search");
  });

  it("puts a log under its nearest logged ancestor, past spans that are not logged", async () => {
    const agent = flow("agent", () =>
      inForeignSpan("middleware", {}, () => inForeignSpan("POST", HTTP, () => search("x"))),
    );

    const { logs } = await captureLogs(() => agent());
    expect(formatLogs(logs)).toBe("flow agent\n  tool search");
  });

  it("has as its root the first logged span below a server span that is not logged", async () => {
    const agent = flow("agent", () => search("x"));

    const { logs } = await captureLogs(() => inForeignSpan("POST /chat", HTTP, () => agent()));
    expect(formatLogs(logs)).toBe("flow agent\n  tool search");
  });

  it("has a Flow made over several logs whose only ancestor is not logged", async () => {
    const { logs } = await captureLogs(() =>
      inForeignSpan("POST /chat", HTTP, async () => {
        await search("x");
        await callModel();
      }),
    );

    expect(logs.map(({ type }) => type)).toEqual(["flow"]);
    expect(logs[0]?.children?.map(({ type }) => type).sort()).toEqual(["prompt", "tool"]);
  });
});
