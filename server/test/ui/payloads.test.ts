import { describe, expect, it } from "vitest";
import { chatMessage, chatMessages, parseJsonText } from "../../ui/chat-model.ts";
import { factsOf, hasContent, kernelOf } from "../../ui/log-details.ts";
import { buildTree } from "../../ui/tree-model.ts";
import type { LogResponse } from "../../ui/wire.ts";
import { at, sampleLog } from "./sample-logs.ts";

describe("messages", () => {
  it("parses the arguments of calls and joins answers to them by id", () => {
    const call = {
      id: "c1",
      type: "function",
      function: { name: "search", arguments: '{"q":"x"}' },
    };

    const messages = chatMessages([
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "found" },
      { role: "tool", tool_call_id: "c9", content: "" },
    ]);

    expect(messages?.[0]?.toolCalls).toEqual([
      { id: "c1", name: "search", callArguments: { q: "x" } },
    ]);
    expect(messages?.map((message) => message.answers)).toEqual([undefined, "search", "c9"]);
    expect(messages?.map((message) => message.parts.length)).toEqual([0, 1, 0]);
  });

  it.each([
    ["plain text", "hi", [{ kind: "text", text: "hi" }]],
    ["nothing", null, []],
    [
      "text parts",
      [{ type: "text", text: "a" }, "b"],
      [
        { kind: "text", text: "a" },
        { kind: "text", text: "b" },
      ],
    ],
    [
      "an image",
      [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }],
      [
        {
          kind: "other",
          label: "image_url",
          value: { type: "image_url", image_url: { url: "https://example.com/a.png" } },
        },
      ],
    ],
    [
      "an image of its own",
      [{ type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } }],
      [{ kind: "image", url: "data:image/png;base64,iVBORw0KGgo=" }],
    ],
    ["an object", { a: 1 }, [{ kind: "other", label: "content", value: { a: 1 } }]],
    ["a number", 7, [{ kind: "other", label: "content", value: 7 }]],
  ])("keeps content that is %s", (_name, content, parts) => {
    expect(chatMessage({ role: "user", content }).parts).toEqual(parts);
  });

  it("draws no image that could hold a script", () => {
    const url = "data:image/svg+xml;base64,PHN2Zz4=";

    const { parts } = chatMessage({ role: "user", content: [{ image_url: { url } }] });

    expect(parts).toMatchObject([{ kind: "other" }]);
  });

  it("tells reasoning before what was said", () => {
    expect(chatMessage({ role: "assistant", reasoning: "hm", content: "yes" }).parts).toEqual([
      { kind: "text", text: "hm", label: "reasoning" },
      { kind: "text", text: "yes" },
    ]);
    expect(chatMessage({ role: "assistant", reasoning: [{ a: 1 }] }).parts).toEqual([
      { kind: "other", label: "reasoning", value: [{ a: 1 }] },
    ]);
  });

  it("keeps thinking, and messages and calls of any other shape", () => {
    expect(chatMessage({ role: "assistant", thinking: [{ text: "hm" }] }).parts).toEqual([
      { kind: "other", label: "thinking", value: [{ text: "hm" }] },
    ]);
    expect(chatMessage("just text")).toMatchObject({
      role: "message",
      parts: [{ kind: "text", text: "just text" }],
    });
    expect(chatMessage({ role: "assistant", tool_calls: ["odd"] }).toolCalls).toEqual([
      { id: undefined, name: "call", callArguments: "odd" },
    ]);
    expect(chatMessages("no list")).toBeUndefined();
    expect(chatMessages([])).toBeUndefined();
  });

  it.each([
    ['{"a":1}', { a: 1 }],
    [" [1]", [1]],
    ["{broken", "{broken"],
    ["12", "12"],
    ["text", "text"],
  ])("reads %j as JSON only where it is an object or a list", (text, expected) => {
    expect(parseJsonText(text)).toEqual(expected);
  });
});

describe("facts", () => {
  const log: LogResponse = {
    ...sampleLog("a", { start_time: at(0), end_time: at(1500), user: "ada" }),
    flow: null,
    prompt: {
      path: "a",
      id: "pr_1",
      version_id: "prv_1",
      temperature: 0,
      model: "gpt-4o-mini",
      template: null,
      tools: [],
      total_logs_count: 3,
    },
    prompt_tokens: 100,
    output_tokens: 20,
    prompt_cost: 0.01,
    finish_reason: "stop",
    session_id: "chat 7",
    late: true,
    metadata: {
      flowspan: {
        usage: { cached: 64, estimated: true },
        time_to_first_token_seconds: 0.25,
        outcome: "aborted",
        cost_source: "table",
        response_model: "gpt-4o-mini-2024-07-18",
      },
    },
  };

  it("lists what is known of a prompt, its own metadata among it", () => {
    const facts = factsOf(buildTree(log).root).filter(({ label }) => label !== "Started");

    expect(facts.map(({ label, value }) => `${label}: ${value}`)).toEqual([
      "Took: 1.5 s",
      "First token: 250 ms",
      "Model: gpt-4o-mini",
      "Answered by: gpt-4o-mini-2024-07-18",
      "Tokens: 100 → 20",
      "Cached: 64",
      "Counted by: estimate",
      "Cost: $0.01",
      "Price from: table",
      "Finished by: stop",
      "Outcome: aborted",
      "User: ada",
      "Session: chat 7",
      "Came: after its trace was complete",
      "Version: prv_1",
    ]);
  });

  it("takes the kernel from the version, the model first, without what is the file's or unset", () => {
    expect(Object.entries(kernelOf(log))).toEqual([
      ["model", "gpt-4o-mini"],
      ["temperature", 0],
    ]);
  });

  it("takes metadata of any shape", () => {
    for (const metadata of [null, "text", [], { flowspan: "text" }, { flowspan: { usage: 3 } }]) {
      expect(factsOf(buildTree({ id: "a", metadata }).root)).toEqual([]);
    }
  });

  it.each([
    [{}, false],
    [{ inputs: {}, messages: [], output: "", output_message: null }, false],
    [{ output: "x" }, true],
    [{ inputs: { a: null } }, true],
    [{ error: "boom" }, true],
  ])("tells whether %j holds content", (fields, expected) => {
    expect(hasContent({ id: "a", ...fields })).toBe(expected);
  });
});
