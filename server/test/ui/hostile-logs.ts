import type { LogResponse } from "../../ui/wire.ts";
import { sampleLog } from "./sample-logs.ts";

/** What a page that trusts its payloads would run, fetch, hide behind or be turned round by. */
export const HOSTILE_TEXTS: readonly string[] = [
  "<script>window.hacked = 1</script>",
  '<img src="x" onerror="window.hacked = 1">',
  '"><svg onload="window.hacked = 1">',
  "</script><script>window.hacked = 1</script>",
  "' onmouseover='window.hacked = 1' autofocus onfocus='window.hacked = 1",
  "javascript:window.hacked=1",
  "[link](javascript:window.hacked=1) ![image](https://evil.example/a.png)",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it only looks like a template.
  "{{constructor.constructor('window.hacked = 1')()}} ${window.hacked = 1} <%= 1 %>",
  '<a href="https://evil.example">a</a><iframe src="https://evil.example"></iframe>',
  '<style>*{display:none}</style><link rel="stylesheet" href="https://evil.example/a.css">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="//evil.example">',
  "data:text/html,<script>window.hacked = 1</script>",
  "\u202Egnp.exe\u2066\u2067 turned \u200B\uFEFF",
  "\u0007\u001B[31m control",
  "__proto__",
];

/** How often the page shows the text of {@link hostileLog} as a whole text of its own. */
export const FIELDS_OF_HOSTILE_LOG = 29;

/** Gives a log that has the text wherever the Log API lets a log hold one. */
export function hostileLog(id: string, text: string): LogResponse {
  const callArguments = JSON.stringify({ [text]: text });
  const call = { id: text, type: "function", function: { name: text, arguments: callArguments } };
  const image = { type: "image_url", image_url: { url: text } };
  return sampleLog(id, {
    type: "prompt",
    prompt: {
      path: text,
      version_id: text,
      model: text,
      template: text,
      attributes: { [text]: text },
    },
    start_time: text,
    error: text,
    output: text,
    output_message: { role: text, name: text, content: [image], tool_calls: [call] },
    messages: [
      { role: "system", content: text },
      { role: text, name: text, content: [image] },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: text, content: text },
    ],
    inputs: { [text]: text, list: [text, text] },
    tool_choice: { type: "function", function: { name: text } },
    finish_reason: text,
    user: text,
    environment: text,
    source: text,
    stdout: text,
    metadata: { [text]: text, flowspan: { cost_source: text, outcome: text } },
    provider_request: { [text]: text },
    provider_response: { [text]: text },
  });
}
