import { trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { flow, type PromptKernel, prompt, record, renderPrompt, tool } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

const TEXT = { model: "m", template: "Hello {{name}}" };
const CHAT = {
  model: "m",
  template: [
    { role: "system", content: "You help {{name}}." },
    { role: "user", content: "{{q}}" },
  ],
} as const;

describe("renderPrompt", () => {
  it("fills a text", () => {
    expect(renderPrompt(TEXT, { name: "Ada" })).toBe("Hello Ada");
  });

  it("fills messages: every text in them, also in parts and tool calls", () => {
    const template = [
      { role: "system", content: "You help {{name}}." },
      {
        role: "user",
        content: [
          { type: "text", text: "{{q}}" },
          { type: "image_url", image_url: { url: "{{image}}", detail: "low" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "1", function: { name: "find", arguments: '{"of":"{{name}}"}' } }],
      },
    ];

    expect(renderPrompt({ template }, { name: "Ada", q: "why?", image: "https://i" })).toEqual([
      { role: "system", content: "You help Ada." },
      {
        role: "user",
        content: [
          { type: "text", text: "why?" },
          { type: "image_url", image_url: { url: "https://i", detail: "low" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "1", function: { name: "find", arguments: '{"of":"Ada"}' } }],
      },
    ]);
  });

  it.each<[string, string, object, string]>([
    ["spaces round a name", "{{ a }}{{a  }}", { a: 1 }, "11"],
    ["a place twice", "{{a}} {{a}}", { a: "x" }, "x x"],
    [
      "a name with spaces and dots",
      "{{first name}} {{user.id}}",
      { "first name": "A", "user.id": 7 },
      "A 7",
    ],
    ["a name of another script", "{{имя}}", { имя: "Ада" }, "Ада"],
    ["a third curly bracket", "{{{a}}}", { a: 1 }, "{1}"],
    ["an empty place", "{{}} {{ }} {a} {{a", { a: 1 }, "{{}} {{ }} {a} {{a"],
    ["an empty text", "[{{a}}]", { a: "" }, "[]"],
    [
      "numbers, booleans and big integers",
      "{{a}} {{b}} {{c}} {{d}}",
      { a: 0, b: false, c: 9n, d: Number.NaN },
      "0 false 9 NaN",
    ],
    [
      "null, lists and objects as JSON",
      "{{a}} {{b}} {{c}}",
      { a: null, b: [1, "x"], c: { d: "y" } },
      'null [1,"x"] {"d":"y"}',
    ],
    [
      "a date and an address",
      "{{a}} {{b}}",
      { a: new Date(0), b: new URL("https://x.y") },
      "1970-01-01T00:00:00.000Z https://x.y/",
    ],
    ["a place in a value", "{{a}}{{b}}", { a: "{{b}}", b: "{{a}}" }, "{{b}}{{a}}"],
    ["a replacement pattern in a value", "<{{a}}>", { a: "$& $1 $$ $`" }, "<$& $1 $$ $`>"],
    ["a place that values make together", "{{a}}x}}", { a: "{{" }, "{{x}}"],
    [
      "a getter",
      "{{a}}",
      {
        get a() {
          return "got";
        },
      },
      "got",
    ],
    ["an own __proto__", "{{__proto__}}", JSON.parse('{"__proto__":"own"}'), "own"],
  ])("takes %s", (_what, template, inputs, expected) => {
    expect(renderPrompt({ template }, inputs)).toBe(expected);
  });

  it("refuses names without a value, and names them all", () => {
    const template = [
      { role: "system", content: "{{a}} {{ constructor }} {{__proto__}}" },
      { role: "user", content: "{{b}} {{c}} {{a}} {{f}}" },
    ];

    expect(() => renderPrompt({ template }, { b: undefined, c: "x", f: () => 1 })).toThrow(
      new TypeError(
        "renderPrompt(): expected inputs for {{a}}, {{constructor}}, {{__proto__}}, {{b}}, {{f}}, " +
          "got undefined. Pass every name of the template.",
      ),
    );
    expect(() => renderPrompt(TEXT)).toThrow("{{name}}");
  });

  it.each([undefined, null, 3, { role: "user" }])("refuses the template %s", (template) => {
    expect(() => renderPrompt({ template } as PromptKernel, {})).toThrow(
      /^renderPrompt\(\): expected a kernel with a text or messages as its template, got /,
    );
  });

  it.each([null, "name", 3])("refuses the inputs %s", (inputs) => {
    expect(() => renderPrompt(TEXT, inputs as never)).toThrow("expected inputs by name, got");
  });

  it("gives a copy and never changes the kernel", () => {
    const data = new Uint8Array([1]);
    const kernel = {
      template: [{ role: "user", content: [{ type: "text", text: "{{q}}", data }] }],
    };
    const before = structuredClone(kernel);

    const messages = renderPrompt(kernel, { q: "x" });
    messages.push({ role: "user", content: [] });
    messages[0]!.content[0]!.type = "changed";

    expect(kernel).toEqual(before);
    expect(messages[0]!.content[0]!.data).toBe(data);
  });

  it("needs no tracing", () => {
    expect(prompt("p", () => renderPrompt(TEXT, { name: "Ada" }))()).toBe("Hello Ada");
  });
});

describe("renderPrompt inside a prompt", () => {
  const recording = useRecording();
  const messages = [
    { role: "system", content: "You help Ada." },
    { role: "user", content: "why?" },
  ];

  it("records the kernel, the template's inputs and the filled messages", async () => {
    const answer = prompt("p", async (question: string) => {
      await null;
      return renderPrompt(CHAT, { q: question, name: "Ada" }).length;
    });

    expect(await answer("why?")).toBe(2);
    expect(recording.fields("p")).toEqual({
      path: "p",
      prompt: CHAT,
      inputs: { q: "why?", name: "Ada" },
      messages,
      output: "2",
    });
    expect(recording.span("p").attributes["gen_ai.request.model"]).toBe("m");
  });

  it("shows the filling on the span while that is open", () => {
    const attributes = prompt("p", () => {
      renderPrompt(TEXT, { name: "Ada" });
      return { ...(trace.getActiveSpan() as unknown as ReadableSpan).attributes };
    })();

    expect(attributes["flowspan.inputs"]).toBe('{"name":"Ada"}');
  });

  it("records a text as one user message", () => {
    prompt("p", () => void renderPrompt(TEXT, { name: "Ada" }))();

    expect(recording.fields("p")).toMatchObject({
      prompt: TEXT,
      messages: [{ role: "user", content: "Hello Ada" }],
    });
  });

  it("adds to the options' kernel, and writes the same one only once", () => {
    const { model, template } = CHAT;
    const inputs = { q: "why?", name: "Ada" };
    prompt({ path: "same", prompt: CHAT }, () => void renderPrompt(CHAT, inputs))();
    prompt({ path: "other", prompt: { model, seed: 1 } }, () => {
      renderPrompt({ template }, inputs);
    })();

    expect(recording.recorded("same").fields.prompt).toBe(JSON.stringify(CHAT));
    expect(recording.fields("other").prompt).toEqual({ model, seed: 1, template });
  });

  it("keeps messages that the call already has", () => {
    const history = [{ role: "user", content: "earlier" }];
    prompt("by argument", (_history: object[]) => void renderPrompt(TEXT, { name: "A" }))(history);
    prompt("by record", () => {
      record({ messages: history });
      renderPrompt(TEXT, { name: "A" });
    })();

    expect(recording.fields("by argument")).toMatchObject({
      messages: history,
      inputs: { name: "A" },
    });
    expect(recording.fields("by record").messages).toEqual(history);
  });

  it("records the last filling of several", () => {
    prompt("p", () => {
      for (const name of ["first", "last"]) renderPrompt(TEXT, { name });
    })();

    expect(recording.fields("p")).toMatchObject({
      inputs: { name: "last" },
      messages: [{ role: "user", content: "Hello last" }],
    });
  });

  it("records neither inputs nor messages with inputs: false", () => {
    prompt({ path: "p", inputs: false }, () => void renderPrompt(TEXT, { name: "Ada" }))();

    expect(recording.fields("p")).toEqual({ path: "p", prompt: TEXT });
  });

  it("records nothing where no prompt is the innermost open log", () => {
    const fillIn = () => void renderPrompt(TEXT, { name: "Ada" });
    flow("f", fillIn)();
    prompt("p", () => tool("t", fillIn)())();
    fillIn();

    for (const path of ["f", "t", "p"]) {
      expect(recording.fields(path)).not.toHaveProperty("prompt");
      expect(recording.fields(path)).not.toHaveProperty("inputs");
    }
  });

  it("records nothing of a filling that is refused", () => {
    const failing = prompt("p", () => renderPrompt(TEXT, {}));

    expect(failing).toThrow(TypeError);
    expect(Object.keys(recording.fields("p"))).toEqual(["path", "error"]);
  });
});
