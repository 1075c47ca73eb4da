import type { LogType } from "../../src/store/records.ts";
import { HOSTILE_TEXTS } from "../ui/hostile-logs.ts";

/** What a page that trusts what it shows would run, fetch or follow. */
export const XSS_TEXTS: readonly string[] = [
  ...HOSTILE_TEXTS,
  '<svg><script href="https://evil.example/a.js"></script><animate onbegin="window.hacked = 1">',
  '<math><mtext></form><form><mglyph><style></math><img src onerror="window.hacked = 1">',
  '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>',
  '<object data="https://evil.example"></object><embed src="https://evil.example">',
  '<form action="https://evil.example"><button formaction="javascript:window.hacked=1">b</form>',
  '<video poster="https://evil.example/a.png" src="https://evil.example/a.mp4"></video>',
  "&lt;img src=x onerror=&quot;window.hacked = 1&quot;&gt; &#60;script&#62;window.hacked = 1",
  "%3Cscript%3Ewindow.hacked%20%3D%201%3C%2Fscript%3E",
  "\\u003cscript\\u003ewindow.hacked = 1\\u003c/script\\u003e",
  "]]><!-- --><script>window.hacked = 1</script><!--",
  "java\tscript:window.hacked=1",
  "[a](javascript:window.hacked=1 'b') <javascript:window.hacked=1> ![c][d]\n\n[d]: //evil.example",
  "```html\n<script>window.hacked = 1</script>\n```",
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='window.hacked = 1'/>",
  "https://evil.example/a.png",
  "@import 'https://evil.example/a.css'; } * { background: url(https://evil.example) }",
];

/** Fields that hold no text: numbers, flags, times and words out of a short list. */
export const FIELDS_WITHOUT_TEXT: ReadonlySet<string> = new Set([
  ...["provider_latency", "start_time", "end_time", "created_at", "save"],
  ...["prompt_tokens", "output_tokens", "reasoning_tokens", "prompt_cost", "output_cost"],
  ...["log_status", "trace_status", "status"],
]);

/** Gives a request for a log that has the text in every field of its type that holds any. */
export function hostileRequest(type: LogType, text: string, parentId?: string) {
  const callArguments = JSON.stringify({ [text]: text });
  const call = { id: text, type: "function", function: { name: text, arguments: callArguments } };
  const parts = [
    { type: "text", text },
    { type: "image_url", image_url: { url: text, detail: text } },
    { type: text, text },
  ];
  const message = { role: "assistant", name: text, content: parts, tool_calls: [call] };
  const deep = { [text]: text, list: [text, { [text]: [text] }] };
  const fn = { name: text, description: text, parameters: deep };
  const kernels = {
    flow: { attributes: deep },
    tool: { function: fn, source_code: text, setup_values: deep, attributes: deep },
    prompt: {
      model: text,
      template: [{ role: "system", content: text }, message],
      template_language: text,
      provider: text,
      stop: [text],
      other: deep,
      response_format: deep,
      reasoning_effort: text,
      tools: [fn],
      linked_tools: [text],
      attributes: deep,
      [text]: text,
    },
  } as const;
  return {
    path: `${type} ${text}`,
    log_id: `${type} ${text}`,
    trace_id: parentId,
    trace_parent_id: parentId,
    trace_parent_log_id: parentId,
    run_id: text,
    evaluation_id: text,
    batches: [text],
    batch_id: text,
    source_datapoint_id: text,
    session_id: text,
    user: text,
    environment: text,
    output: text,
    error: text,
    stdout: text,
    source: text,
    finish_reason: text,
    inputs: deep,
    metadata: { ...deep, flowspan: { cost_source: text, outcome: text, response_model: text } },
    provider_request: deep,
    provider_response: deep,
    messages: [
      { role: "system", name: text, content: text },
      { role: "user", content: parts },
      message,
      { role: "tool", tool_call_id: text, content: text },
    ],
    output_message: message,
    tool_choice: { type: "function", function: { name: text } },
    [type]: kernels[type],
    // Keys that no schema has are taken too.
    [text]: text,
  };
}
