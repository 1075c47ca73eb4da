import { describe, expect, it } from "vitest";
import { isMessage } from "../../src/base/chat-message.ts";
import { chatMessages } from "../../src/dialects/chat-messages.ts";

const CALL = { id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } };

/** One conversation: a question with an image, a thought and a call, the tool's answer. */
const CONVERSATION = [
  {
    role: "user",
    content: [
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,R0lG" } },
    ],
  },
  { role: "assistant", content: null, tool_calls: [CALL], reasoning: "hm" },
  { role: "tool", tool_call_id: "c1", content: "2" },
];

describe("chat messages", () => {
  it.each<[string, readonly unknown[]]>([
    ["OpenAI's chat completions", CONVERSATION],
    [
      "OpenAI's responses",
      [
        {
          role: "user",
          content: [
            { type: "input_text", text: "What is it?" },
            { type: "input_image", image_url: "data:image/png;base64,R0lG" },
          ],
        },
        { type: "reasoning", id: "r1", summary: [{ type: "summary_text", text: "hm" }] },
        { type: "function_call", call_id: "c1", name: "add", arguments: '{"a":1}' },
        { type: "function_call_output", call_id: "c1", output: "2" },
      ],
    ],
    [
      "Anthropic",
      [
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            {
              type: "image",
              source: { type: "base64", media_type: "image/png", data: "R0lG" },
            },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "x" },
            { type: "tool_use", id: "c1", name: "add", input: { a: 1 } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "c1", content: [{ type: "text", text: "2" }] },
          ],
        },
      ],
    ],
    [
      "the AI SDK",
      [
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image", image: "R0lG", mediaType: "image/png" },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "hm" },
            { type: "tool-call", toolCallId: "c1", toolName: "add", input: { a: 1 } },
          ],
        },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: "c1",
              output: { type: "text", value: "2" },
            },
          ],
        },
      ],
    ],
    [
      "LangChain",
      [
        {
          lc: 1,
          type: "constructor",
          id: ["langchain_core", "messages", "HumanMessage"],
          kwargs: {
            content: [
              { type: "text", text: "What is it?" },
              { type: "image_url", image_url: { url: "data:image/png;base64,R0lG" } },
            ],
          },
        },
        {
          type: "ai",
          data: {
            content: "",
            tool_calls: [{ id: "c1", name: "add", args: { a: 1 } }],
            additional_kwargs: { reasoning_content: "hm" },
          },
        },
        { type: "tool", content: "2", tool_call_id: "c1" },
      ],
    ],
    [
      "OpenTelemetry",
      [
        {
          role: "user",
          parts: [
            { type: "text", content: "What is it?" },
            { type: "blob", modality: "image", mime_type: "image/png", content: "R0lG" },
          ],
        },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", content: "hm" },
            { type: "tool_call", id: "c1", name: "add", arguments: { a: 1 } },
          ],
        },
        { role: "tool", parts: [{ type: "tool_call_response", id: "c1", result: 2 }] },
      ],
    ],
    [
      "Gemini",
      [
        {
          role: "user",
          parts: [{ text: "What is it?" }, { inlineData: { mimeType: "image/png", data: "R0lG" } }],
        },
        {
          role: "model",
          parts: [
            { text: "hm", thought: true },
            { functionCall: { id: "c1", name: "add", args: { a: 1 } } },
          ],
        },
        { role: "user", parts: [{ functionResponse: { id: "c1", response: "2" } }] },
      ],
    ],
    [
      "Bedrock",
      [
        {
          role: "user",
          content: [
            { text: "What is it?" },
            { type: "image", source: { data: "R0lG", media_type: "image/png" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "hm" } } },
            { toolUse: { toolUseId: "c1", name: "add", input: { a: 1 } } },
          ],
        },
        {
          role: "user",
          content: [{ toolResult: { toolUseId: "c1", content: [{ text: "2" }] } }],
        },
      ],
    ],
  ])("of %s are given as OpenAI's", (_, messages) => {
    const read = chatMessages(messages)?.map((message) =>
      message.content === "" ? { ...message, content: null } : message,
    );

    expect(read).toEqual(CONVERSATION);
    expect(read?.every(isMessage)).toBe(true);
  });

  it("put a tool's answers before what the user adds to them", () => {
    const content = [
      { type: "tool_result", tool_use_id: "c1", content: "2" },
      { type: "text", text: "and now?" },
    ];

    expect(chatMessages([{ role: "user", content }])).toEqual([
      { role: "tool", tool_call_id: "c1", content: "2" },
      { role: "user", content: "and now?" },
    ]);
  });

  it("join calls that stand in messages of their own", () => {
    const other = { ...CALL, id: "c2" };
    const messages = [CALL, other].map((call) => ({ role: "assistant", tool_calls: [call] }));

    expect(chatMessages(messages)).toEqual([
      { role: "assistant", content: null, tool_calls: [CALL, other] },
    ]);
  });

  it("keep parts of unknown kinds, and say nothing of the answer around them", () => {
    const file = { type: "file", file_id: "f1" };
    const message = {
      id: "m1",
      role: "assistant",
      stop_reason: "end_turn",
      usage: {},
      content: [file],
    };

    expect(chatMessages([message])).toEqual([{ role: "assistant", content: [file] }]);
  });

  it.each([
    ["nothing", undefined],
    ["a text", "Hi"],
    ["an empty list", []],
    ["a list with anything else", [{ role: "user", content: "Hi" }, 7]],
    ["a list of other objects", [{ name: "tea", price: 3 }]],
  ])("are not made of %s", (_, value) => {
    expect(chatMessages(value)).toBeUndefined();
  });
});
