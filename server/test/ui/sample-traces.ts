import type { LogResponse, TraceSummary } from "../../ui/wire.ts";
import { at, sampleLog } from "./sample-logs.ts";

/** A small agent run: a plan, two searches of which one failed, an answer, one running prompt. */
export function agentTrace(): LogResponse {
  const searchCall = (id: string, query: string) => ({
    id,
    type: "function",
    function: { name: "search", arguments: JSON.stringify({ query, limit: 3 }) },
  });
  const root = sampleLog(
    "log_root",
    {
      flow: { path: "support/agent", version_id: "flv_1", attributes: { release: "1.4.0" } },
      start_time: at(0),
      trace_status: "incomplete",
      user: "ada@example.com",
      inputs: { question: "When does the harbour library open on Sundays?" },
      output: "It opens at 10:00 on Sundays.",
    },
    [
      sampleLog("log_plan", {
        type: "prompt",
        prompt: {
          path: "support/agent/plan",
          version_id: "prv_1",
          model: "gpt-4o-mini",
          temperature: 0.2,
          template: [{ role: "system", content: "Plan the steps for {{question}}." }],
          tools: [{ name: "search", description: "Searches the documents." }],
        },
        start_time: at(12),
        end_time: at(842),
        prompt_tokens: 1204,
        output_tokens: 96,
        prompt_cost: 0.000181,
        output_cost: 0.000058,
        finish_reason: "tool_calls",
        inputs: { question: "When does the harbour library open on Sundays?" },
        messages: [
          {
            role: "system",
            content: "You help visitors of the harbour library.\nCall tools when you need facts.",
          },
          { role: "user", content: "When does the harbour library open on Sundays?" },
        ],
        output_message: {
          role: "assistant",
          content: null,
          tool_calls: [searchCall("call_1", "opening hours"), searchCall("call_2", "sunday")],
        },
        metadata: {
          release: "1.4.0",
          flowspan: {
            usage: { cached: 1024 },
            time_to_first_token_seconds: 0.31,
            outcome: "ok",
            cost_source: "table",
          },
        },
      }),
      sampleLog(
        "log_tools",
        {
          flow: { path: "support/agent/tools", version_id: "flv_2", attributes: {} },
          start_time: at(850),
          end_time: at(1421),
        },
        [
          sampleLog("log_search_1", {
            type: "tool",
            tool: {
              path: "support/search",
              version_id: "tv_1",
              function: { name: "search", description: "Searches the documents." },
            },
            start_time: at(852),
            end_time: at(1103),
            inputs: { query: "opening hours", limit: 3 },
            output: JSON.stringify([{ file: "hours.md", line: 12, text: "Sunday 10:00 to 16:00" }]),
          }),
          sampleLog("log_search_2", {
            type: "tool",
            tool: {
              path: "support/search",
              version_id: "tv_1",
              function: { name: "search", description: "Searches the documents." },
            },
            start_time: at(853),
            end_time: at(1420),
            inputs: { query: "sunday", limit: 3 },
            error:
              "TimeoutError: the index did not answer in 500 ms\n    at search (search.ts:41:11)",
          }),
        ],
      ),
      sampleLog("log_answer", {
        type: "prompt",
        prompt: { path: "support/agent/answer", version_id: "prv_2", model: "gpt-4o" },
        start_time: at(1430),
        end_time: at(2914),
        prompt_tokens: 1877,
        output_tokens: 214,
        prompt_cost: 0.0047,
        output_cost: 0.0021,
        finish_reason: "stop",
        messages: [
          { role: "user", content: "When does the harbour library open on Sundays?" },
          { role: "assistant", content: null, tool_calls: [searchCall("call_1", "opening hours")] },
          { role: "tool", tool_call_id: "call_1", content: "Sunday 10:00 to 16:00" },
        ],
        output_message: { role: "assistant", content: "It opens at 10:00 on Sundays." },
      }),
      sampleLog("log_review", {
        type: "prompt",
        prompt: { path: "support/agent/review", version_id: "prv_3", model: "gpt-4o-mini" },
        start_time: at(2500),
      }),
    ],
  );
  return withTraceId(root, root.id);
}

/** Gives the row of the list that a trace stands for. */
export function summaryOf(log: LogResponse, fields: Partial<TraceSummary> = {}): TraceSummary {
  return {
    id: log.id,
    path: log.flow?.path ?? log.id,
    type: "flow",
    trace_status: log.trace_status,
    start_time: log.start_time,
    end_time: log.end_time,
    error: false,
    log_count: 1,
    ...fields,
  };
}

/** Gives a trace with its id on every log, as the API answers it. */
export function withTraceId(log: LogResponse, traceId: string): LogResponse {
  const children = log.trace_children?.map((child) => withTraceId(child, traceId));
  return { ...log, trace_id: traceId, trace_children: children };
}
