import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise, promiseWithin } from "./promise.ts";

const MESSAGE = { role: "assistant", content: "hi" };
const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const RESPONSE = {
  object: "chat.completion",
  model: "gpt-4o-2024",
  choices: [{ index: 0, message: MESSAGE, finish_reason: "stop" }],
  usage: { ...USAGE, prompt_tokens_details: { cached_tokens: 3 } },
};
const chunk = (delta: object, more: object = {}) => ({
  object: "chat.completion.chunk",
  model: "gpt-4o-2024",
  choices: [{ index: 0, delta, ...more }],
});
const CHUNKS = [
  chunk({ role: "assistant", content: "h" }),
  chunk({ content: "i" }, { finish_reason: "stop" }),
  { object: "chat.completion.chunk", choices: [], usage: USAGE },
];

describe("4.4 results", () => {
  const recording = useRecording();
  const ofModels = promiseWithin({ types: ["flow", "prompt"] });
  const ofTools = promiseWithin({ types: ["tool"] });
  const ofPrompts = promiseWithin({ types: ["prompt"] });
  const fields = () => recording.fields("go");

  promise("a string is the output as it is", async ({ wrap }) => {
    await wrap(async () => 'say "hi"')();

    expect(fields()).toEqual({ path: "go", output: 'say "hi"' });
  });

  promise("anything else is its JSON text in output", ({ wrap }) => {
    const values: [unknown, unknown][] = [
      [{ a: [1, null, true] }, '{"a":[1,null,true]}'],
      [12, "12"],
      [false, "false"],
      [undefined, undefined],
    ];

    for (const [value, output] of values) {
      const name = `go ${output}`;
      wrap(() => value, name)();
      expect(recording.fields(name).output).toBe(output);
    }
  });

  ofModels("a chat message is the output message", ({ wrap }) => {
    wrap(() => MESSAGE)();

    expect(fields()).toEqual({ path: "go", output_message: MESSAGE });
  });

  ofTools(
    "a tool's chat message is JSON text in output: a Tool log has no messages",
    ({ wrap }) => {
      wrap(() => MESSAGE)();

      expect(fields()).toEqual({ path: "go", output: JSON.stringify(MESSAGE) });
    },
  );

  ofPrompts("a provider's response is read by its shape", async ({ wrap }) => {
    await wrap(async () => RESPONSE)();

    expect(fields()).toMatchObject({
      output_message: MESSAGE,
      prompt_tokens: 5,
      output_tokens: 2,
      finish_reason: "stop",
    });
    expect(recording.span("go").attributes).toMatchObject({
      "gen_ai.response.model": "gpt-4o-2024",
      "gen_ai.usage.cache_read.input_tokens": 3,
    });
  });

  ofPrompts("a provider's chunks are put together, generated or streamed", async ({ wrap }) => {
    const generated = wrap(async function* () {
      yield* CHUNKS;
    }, "generated");
    const streamed = wrap(() => ReadableStream.from(CHUNKS), "streamed");

    for await (const _ of generated());
    for await (const _ of streamed());
    for (const name of ["generated", "streamed"]) {
      expect(recording.fields(name)).toMatchObject({
        output_message: MESSAGE,
        prompt_tokens: 5,
        output_tokens: 2,
        finish_reason: "stop",
      });
    }
  });

  promise("text pieces are one text, other pieces a list", async ({ wrap }) => {
    const texts = wrap(function* () {
      yield "Hel";
      yield "lo";
    }, "texts");
    const objects = wrap(async function* () {
      yield { n: 1 };
      yield { n: 2 };
    }, "objects");

    expect([...texts()]).toEqual(["Hel", "lo"]);
    for await (const _ of objects());
    expect(recording.fields("texts").output).toBe("Hello");
    expect(recording.fields("objects").output).toBe('[{"n":1},{"n":2}]');
  });

  promise("a generator's return value counts where nothing was yielded", ({ wrap }) => {
    // biome-ignore lint/correctness/useYield: that nothing is yielded is the case
    const walk = wrap(function* () {
      return "all at once";
    });

    walk().next();
    expect(fields().output).toBe("all at once");
  });

  promise("an output function decides what is recorded, not what comes back", async ({ wrap }) => {
    const go = wrap(async () => ({ text: "long" }), { output: ({ text }) => text.length });

    expect(await go()).toEqual({ text: "long" });
    expect(fields().output).toBe("4");
  });

  promise("output: false records none", async ({ wrap }) => {
    const walk = wrap(
      function* () {
        yield "a";
      },
      { path: "walk", output: false },
    );

    expect(wrap(() => "private", { output: false })()).toBe("private");
    expect([...walk()]).toEqual(["a"]);
    expect(fields()).toEqual({ path: "go" });
    expect(recording.fields("walk")).toEqual({ path: "walk" });
  });
});
