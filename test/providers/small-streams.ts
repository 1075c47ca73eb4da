/** One short stream of each API, in the documented shape, and what it says. */
export interface SmallStream {
  readonly chunks: readonly unknown[];
  readonly reading: Readonly<Record<string, unknown>>;
}

const chatChunk = (choices: readonly unknown[], more: object = {}): unknown => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  model: "gpt-x",
  choices,
  ...more,
});

const calls = [
  { id: "a", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
  { id: "b", type: "function", function: { name: "time", arguments: "{}" } },
];

/** Each provider's stream: some thinking, a text in pieces, two calls, usage. */
export const SMALL_STREAMS: Readonly<Record<string, SmallStream>> = {
  "openai chat": {
    chunks: [
      chatChunk([{ index: 0, delta: { role: "assistant", content: "" } }]),
      chatChunk([{ index: 0, delta: { reasoning_content: "I think." } }]),
      chatChunk([{ index: 0, delta: { content: "Hello, " } }]),
      chatChunk([{ index: 1, delta: { content: "another" } }]),
      chatChunk([{ index: 0, delta: { content: "wörld" } }]),
      chatChunk([
        {
          index: 0,
          delta: {
            tool_calls: [
              { index: 0, id: "a", function: { name: "weather", arguments: '{"city"' } },
              { index: 1, id: "b", function: { name: "time", arguments: "" } },
            ],
          },
        },
      ]),
      chatChunk([
        {
          index: 0,
          delta: {
            tool_calls: [
              { index: 1, function: { arguments: "{}" } },
              { index: 0, function: { arguments: ':"Rome"}' } },
            ],
          },
        },
      ]),
      chatChunk([{ index: 0, delta: {}, finish_reason: "tool_calls" }]),
      chatChunk([], {
        usage: {
          prompt_tokens: 10,
          completion_tokens: 7,
          total_tokens: 17,
          cost: 0.25,
          prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      }),
    ],
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        reasoning: "I think.",
        tool_calls: calls,
      },
      finishReason: "tool_calls",
      responseModel: "gpt-x",
      responseId: "chatcmpl-1",
      promptTokens: 10,
      outputTokens: 7,
      cachedTokens: 4,
      cacheWriteTokens: 1,
      reasoningTokens: 3,
      cost: 0.25,
    },
  },

  "openai responses": {
    chunks: [
      {
        type: "response.created",
        response: {
          id: "resp_1",
          object: "response",
          model: "gpt-x",
          status: "in_progress",
          output: [],
        },
      },
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "reasoning", summary: [] },
      },
      {
        type: "response.reasoning_summary_text.delta",
        output_index: 0,
        summary_index: 0,
        delta: "I ",
      },
      {
        type: "response.reasoning_summary_text.delta",
        output_index: 0,
        summary_index: 0,
        delta: "think.",
      },
      {
        type: "response.output_item.added",
        output_index: 1,
        item: { type: "web_search_call", id: "ws", status: "in_progress" },
      },
      {
        type: "response.output_item.done",
        output_index: 1,
        item: { type: "web_search_call", id: "ws", status: "completed" },
      },
      {
        type: "response.output_item.added",
        output_index: 2,
        item: { type: "message", role: "assistant", content: [] },
      },
      { type: "response.output_text.delta", output_index: 2, content_index: 0, delta: "Hello, " },
      { type: "response.output_text.delta", output_index: 2, content_index: 0, delta: "wörld" },
      {
        type: "response.output_item.added",
        output_index: 3,
        item: { type: "function_call", call_id: "a", name: "weather", arguments: "" },
      },
      {
        type: "response.output_item.added",
        output_index: 4,
        item: { type: "function_call", call_id: "b", name: "time", arguments: "" },
      },
      { type: "response.function_call_arguments.delta", output_index: 3, delta: '{"city"' },
      { type: "response.function_call_arguments.delta", output_index: 4, delta: "{}" },
      { type: "response.function_call_arguments.delta", output_index: 3, delta: ':"Rome"}' },
      {
        type: "response.completed",
        response: {
          id: "resp_1",
          object: "response",
          model: "gpt-x",
          status: "completed",
          // Some servers leave the items out here.
          output: [],
          usage: {
            input_tokens: 10,
            input_tokens_details: { cached_tokens: 4 },
            output_tokens: 7,
            output_tokens_details: { reasoning_tokens: 3 },
          },
        },
      },
    ],
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        reasoning: "I think.",
        tool_calls: calls,
        server_tool_calls: [{ type: "web_search_call", id: "ws", status: "completed" }],
      },
      finishReason: "completed",
      responseModel: "gpt-x",
      responseId: "resp_1",
      promptTokens: 10,
      outputTokens: 7,
      cachedTokens: 4,
      reasoningTokens: 3,
    },
  },

  "openai completions": {
    chunks: ["Hello, ", "wörld", ""].map((text, index) => ({
      id: "cmpl-1",
      object: "text_completion",
      model: "gpt-x",
      choices: [{ index: 0, text, finish_reason: index === 2 ? "length" : null }],
      ...(index === 2 && { usage: { prompt_tokens: 10, completion_tokens: 7 } }),
    })),
    reading: {
      output: "Hello, wörld",
      finishReason: "length",
      responseModel: "gpt-x",
      responseId: "cmpl-1",
      promptTokens: 10,
      outputTokens: 7,
    },
  },

  anthropic: {
    chunks: [
      {
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "claude-x",
          content: [],
          stop_reason: null,
          usage: {
            input_tokens: 3,
            cache_read_input_tokens: 4,
            cache_creation_input_tokens: 3,
            output_tokens: 1,
          },
        },
      },
      {
        type: "content_block_start",
        index: 0,
        content_block: { type: "thinking", thinking: "", signature: "" },
      },
      { type: "ping" },
      {
        type: "content_block_delta",
        index: 0,
        delta: { type: "thinking_delta", thinking: "I think." },
      },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "s" } },
      { type: "content_block_stop", index: 0 },
      {
        type: "content_block_start",
        index: 1,
        content_block: { type: "server_tool_use", id: "srv", name: "web_search", input: {} },
      },
      {
        type: "content_block_delta",
        index: 1,
        delta: { type: "input_json_delta", partial_json: '{"query":"q"}' },
      },
      {
        type: "content_block_start",
        index: 2,
        content_block: {
          type: "web_search_tool_result",
          tool_use_id: "srv",
          content: [
            { type: "web_search_result", url: "https://a.example", encrypted_content: "x" },
          ],
        },
      },
      { type: "content_block_start", index: 3, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 3, delta: { type: "text_delta", text: "Hello, " } },
      { type: "content_block_delta", index: 3, delta: { type: "text_delta", text: "wörld" } },
      {
        type: "content_block_delta",
        index: 3,
        delta: { type: "citations_delta", citation: { url: "https://a.example" } },
      },
      {
        type: "content_block_start",
        index: 4,
        content_block: { type: "tool_use", id: "a", name: "weather", input: {} },
      },
      {
        type: "content_block_delta",
        index: 4,
        delta: { type: "input_json_delta", partial_json: '{"city"' },
      },
      {
        type: "content_block_delta",
        index: 4,
        delta: { type: "input_json_delta", partial_json: ':"Rome"}' },
      },
      {
        type: "content_block_start",
        index: 5,
        content_block: { type: "tool_use", id: "b", name: "time", input: {} },
      },
      {
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null },
        usage: { output_tokens: 7, output_tokens_details: { thinking_tokens: 3 } },
      },
      { type: "message_stop" },
    ],
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        reasoning: "I think.",
        tool_calls: calls,
        server_tool_calls: [
          {
            type: "server_tool_use",
            id: "srv",
            name: "web_search",
            input: '{"query":"q"}',
            result: [{ type: "web_search_result", url: "https://a.example" }],
          },
        ],
        annotations: [{ url: "https://a.example" }],
      },
      finishReason: "tool_use",
      responseModel: "claude-x",
      responseId: "msg_1",
      promptTokens: 10,
      outputTokens: 7,
      cachedTokens: 4,
      cacheWriteTokens: 3,
      reasoningTokens: 3,
    },
  },

  gemini: {
    chunks: [
      {
        candidates: [
          { index: 0, content: { role: "model", parts: [{ text: "I think.", thought: true }] } },
        ],
        usageMetadata: { promptTokenCount: 8 },
        modelVersion: "gemini-x",
        responseId: "r1",
      },
      { candidates: [{ index: 0, content: { role: "model", parts: [{ text: "Hello, " }] } }] },
      { candidates: [{ index: 1, content: { role: "model", parts: [{ text: "another" }] } }] },
      { candidates: [{ index: 0, content: { role: "model", parts: [{ text: "wörld" }] } }] },
      {
        candidates: [
          {
            index: 0,
            content: {
              role: "model",
              parts: [
                { functionCall: { id: "a", name: "weather", args: { city: "Rome" } } },
                { functionCall: { id: "b", name: "time", args: {} } },
              ],
            },
            finishReason: "STOP",
          },
        ],
        usageMetadata: {
          promptTokenCount: 8,
          toolUsePromptTokenCount: 2,
          candidatesTokenCount: 4,
          thoughtsTokenCount: 3,
          cachedContentTokenCount: 4,
        },
      },
    ],
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        reasoning: "I think.",
        tool_calls: calls,
      },
      finishReason: "STOP",
      responseModel: "gemini-x",
      responseId: "r1",
      promptTokens: 10,
      outputTokens: 7,
      cachedTokens: 4,
      reasoningTokens: 3,
    },
  },

  cohere: {
    chunks: [
      { type: "message-start", id: "c1", delta: { message: { role: "assistant", content: [] } } },
      { type: "tool-plan-delta", delta: { message: { tool_plan: "I " } } },
      { type: "tool-plan-delta", delta: { message: { tool_plan: "think." } } },
      {
        type: "content-start",
        index: 0,
        delta: { message: { content: { type: "text", text: "" } } },
      },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "Hello, " } } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "wörld" } } } },
      { type: "citation-start", index: 0, delta: { message: { citations: { start: 0, end: 5 } } } },
      { type: "content-end", index: 0 },
      {
        type: "tool-call-start",
        index: 0,
        delta: {
          message: {
            tool_calls: { id: "a", type: "function", function: { name: "weather", arguments: "" } },
          },
        },
      },
      {
        type: "tool-call-delta",
        index: 0,
        delta: { message: { tool_calls: { function: { arguments: '{"city":"Rome"}' } } } },
      },
      { type: "tool-call-end", index: 0 },
      {
        type: "tool-call-start",
        index: 1,
        delta: {
          message: {
            tool_calls: { id: "b", type: "function", function: { name: "time", arguments: "{}" } },
          },
        },
      },
      {
        type: "message-end",
        delta: {
          finish_reason: "TOOL_CALL",
          usage: {
            billed_units: { input_tokens: 1, output_tokens: 7 },
            tokens: { input_tokens: 10, output_tokens: 7 },
          },
        },
      },
    ],
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        reasoning: "I think.",
        tool_calls: calls,
        annotations: [{ start: 0, end: 5 }],
      },
      finishReason: "TOOL_CALL",
      responseId: "c1",
      promptTokens: 10,
      outputTokens: 7,
    },
  },

  "cohere version 1": {
    chunks: [
      { is_finished: false, event_type: "stream-start", generation_id: "g1" },
      { is_finished: false, event_type: "text-generation", text: "Hello, " },
      { is_finished: false, event_type: "text-generation", text: "wörld" },
      {
        is_finished: true,
        event_type: "stream-end",
        finish_reason: "COMPLETE",
        response: {
          response_id: "c1",
          generation_id: "g1",
          text: "Hello, wörld",
          tool_calls: [{ name: "weather", parameters: { city: "Rome" } }],
          citations: [{ start: 0, end: 5 }],
          finish_reason: "COMPLETE",
          meta: { tokens: { input_tokens: 10, output_tokens: 7 } },
        },
      },
    ],
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        tool_calls: [{ ...calls[0], id: "" }],
        annotations: [{ start: 0, end: 5 }],
      },
      finishReason: "COMPLETE",
      responseId: "c1",
      promptTokens: 10,
      outputTokens: 7,
    },
  },

  "ollama chat": {
    chunks: [
      {
        model: "llama-x",
        message: { role: "assistant", content: "", thinking: "I think." },
        done: false,
      },
      { model: "llama-x", message: { role: "assistant", content: "Hello, " }, done: false },
      { model: "llama-x", message: { role: "assistant", content: "wörld" }, done: false },
      {
        model: "llama-x",
        message: {
          role: "assistant",
          content: "",
          tool_calls: [
            { id: "a", function: { name: "weather", arguments: { city: "Rome" } } },
            { id: "b", function: { name: "time", arguments: {} } },
          ],
        },
        done: false,
      },
      {
        model: "llama-x",
        message: { role: "assistant", content: "" },
        done: true,
        done_reason: "stop",
        prompt_eval_count: 10,
        eval_count: 7,
      },
    ],
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        reasoning: "I think.",
        tool_calls: calls,
      },
      finishReason: "stop",
      responseModel: "llama-x",
      promptTokens: 10,
      outputTokens: 7,
    },
  },

  "ollama generate": {
    chunks: [
      { model: "llama-x", response: "Hello, ", done: false },
      { model: "llama-x", response: "wörld", done: false },
      { model: "llama-x", response: "", done: true, done_reason: "length", eval_count: 7 },
    ],
    reading: {
      outputMessage: { role: "assistant", content: "Hello, wörld" },
      finishReason: "length",
      responseModel: "llama-x",
      outputTokens: 7,
    },
  },

  "bedrock converse": {
    chunks: [
      { messageStart: { role: "assistant" } },
      {
        contentBlockDelta: {
          contentBlockIndex: 0,
          delta: { reasoningContent: { text: "I think." } },
        },
      },
      {
        contentBlockDelta: {
          contentBlockIndex: 0,
          delta: { reasoningContent: { signature: "s" } },
        },
      },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: "Hello, " } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: "wörld" } } },
      {
        contentBlockStart: {
          contentBlockIndex: 2,
          start: { toolUse: { toolUseId: "a", name: "weather" } },
        },
      },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '{"city"' } } } },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: ':"Rome"}' } } } },
      {
        contentBlockStart: {
          contentBlockIndex: 3,
          start: { toolUse: { toolUseId: "b", name: "time" } },
        },
      },
      { messageStop: { stopReason: "tool_use" } },
      {
        metadata: {
          usage: {
            inputTokens: 3,
            cacheReadInputTokens: 4,
            cacheWriteInputTokens: 3,
            outputTokens: 7,
            totalTokens: 17,
          },
          metrics: { latencyMs: 5 },
        },
      },
    ],
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        reasoning: "I think.",
        tool_calls: calls,
      },
      finishReason: "tool_use",
      promptTokens: 10,
      outputTokens: 7,
      cachedTokens: 4,
      cacheWriteTokens: 3,
    },
  },

  "ai sdk": {
    chunks: [
      { type: "start" },
      { type: "start-step" },
      { type: "text-delta", id: "0", text: "An earlier step." },
      {
        type: "finish-step",
        finishReason: "tool-calls",
        usage: { inputTokens: 4, outputTokens: 3 },
      },
      { type: "start-step" },
      { type: "reasoning-delta", id: "1", text: "I think." },
      { type: "text-delta", id: "2", text: "Hello, " },
      { type: "text-delta", id: "2", text: "wörld" },
      { type: "tool-call", toolCallId: "a", toolName: "weather", input: { city: "Rome" } },
      { type: "tool-call", toolCallId: "b", toolName: "time", input: {} },
      {
        type: "finish-step",
        finishReason: "tool-calls",
        usage: {
          inputTokens: 6,
          inputTokenDetails: { cacheReadTokens: 4, cacheWriteTokens: 1 },
          outputTokens: 4,
          outputTokenDetails: { reasoningTokens: 3 },
        },
        response: { id: "r1", modelId: "gpt-x" },
      },
      { type: "finish", finishReason: "tool-calls" },
    ].map((part) => ({ part, partialOutput: undefined })),
    reading: {
      outputMessage: {
        role: "assistant",
        content: "Hello, wörld",
        reasoning: "I think.",
        tool_calls: calls,
      },
      finishReason: "tool-calls",
      responseModel: "gpt-x",
      responseId: "r1",
      promptTokens: 10,
      outputTokens: 7,
      cachedTokens: 4,
      cacheWriteTokens: 1,
      reasoningTokens: 3,
    },
  },
};
