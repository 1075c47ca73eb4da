import type OpenAI from "openai";
import { expectTypeOf } from "vitest";
import type { ChatMessage, LogHandle, PromptKernel } from "../../src/index.ts";
import { flow, prompt, renderPrompt, tool } from "../../src/index.ts";

// What comes out of a wrapper has the type that went in.
function overloaded(value: string): string;
function overloaded(value: number): number;
function overloaded(value: string | number): string | number {
  return value;
}
expectTypeOf(flow(overloaded)).toEqualTypeOf<typeof overloaded>();
expectTypeOf(flow("path", overloaded)).toEqualTypeOf<typeof overloaded>();

const generic = <T>(items: readonly T[]): T | undefined => items[0];
expectTypeOf(tool("first", generic)([1])).toEqualTypeOf<number | undefined>();

const streamed = prompt("talk", async function* (question: string) {
  yield question;
});
expectTypeOf(streamed).parameters.toEqualTypeOf<[string]>();
expectTypeOf(streamed).returns.toEqualTypeOf<AsyncGenerator<string, void, unknown>>();

function withThis(this: { readonly name: string }, suffix: string): string {
  return this.name + suffix;
}
expectTypeOf(flow({ path: "p", inputs: ["suffix"] }, withThis)).toEqualTypeOf<typeof withThis>();

// Options that are functions get the call's own arguments and result.
flow(
  {
    path: (topic: string) => topic,
    inputs: (topic: string) => ({ topic }),
    output: (length: number) => length + 1,
  },
  async (topic: string) => topic.length,
);

expectTypeOf(flow.run("inline", async () => 3)).toEqualTypeOf<Promise<number>>();
expectTypeOf(tool.run({ path: "inline", user: "u" }, () => "x")).toEqualTypeOf<string>();

// @ts-expect-error a prompt has no attributes
prompt({ attributes: {} }, () => 1);
// @ts-expect-error a flow has no prompt kernel
flow({ prompt: { model: "m" } }, () => 1);
// @ts-expect-error no such option
tool({ colour: "red" }, () => 1);
// @ts-expect-error metadata is an object
flow({ metadata: "text" }, () => 1);

abstract class Base {
  abstract run(question: string): Promise<string>;
  optional?(): void;
}
class Agent extends Base {
  @flow() async run(question: string): Promise<string> {
    return question;
  }
  @tool pick<T>(items: readonly T[]): T | undefined {
    return items[0];
  }
}
expectTypeOf<Agent["run"]>().toEqualTypeOf<(question: string) => Promise<string>>();
expectTypeOf(new Agent().pick([1])).toEqualTypeOf<number | undefined>();

// A template's filling has the template's form; texts with a place in them are any text.
const text = { model: "m", template: "Hello {{name}}" } as const;
expectTypeOf(renderPrompt(text, { name: "Ada" })).toEqualTypeOf<string>();
const chat = {
  template: [
    { role: "system", content: "You help {{name}}." },
    { role: "user", content: [{ type: "text", text: "{{q}}" }] },
  ],
} as const;
expectTypeOf(renderPrompt(chat, { name: "Ada", q: "why?" })).toEqualTypeOf<
  [{ role: "system"; content: string }, { role: "user"; content: [{ type: "text"; text: string }] }]
>();
declare const openai: OpenAI;
openai.chat.completions.create({ model: "m", messages: renderPrompt(chat, { name: "A", q: "?" }) });
const checked = {
  template: [{ role: "user", content: "{{q}}" }],
} satisfies PromptKernel;
openai.chat.completions.create({ model: "m", messages: renderPrompt(checked, { q: "?" }) });
declare const unknownKernel: PromptKernel;
expectTypeOf(renderPrompt(unknownKernel)).toEqualTypeOf<string | ChatMessage[]>();
interface Inputs {
  readonly name: string;
}
declare const inputs: Inputs;
renderPrompt(text, inputs);
// @ts-expect-error inputs go by name
renderPrompt(text, "Ada");
// @ts-expect-error a template is text or messages
renderPrompt({ template: 3 }, {});

expectTypeOf(prompt.start({ path: "p", prompt: text })).toEqualTypeOf<LogHandle>();
expectTypeOf(flow.start("p").run(async () => 3)).toEqualTypeOf<Promise<number>>();
expectTypeOf<LogHandle[typeof Symbol.dispose]>().toEqualTypeOf<() => void>();
// @ts-expect-error no such option
tool.start({ colour: "red" });
// @ts-expect-error a field of the wrong type
flow.start("p").record({ user: 3 });

flow({ captureStdout: true }, () => 1);
// @ts-expect-error it is on or off
tool({ captureStdout: "on" }, () => 1);
