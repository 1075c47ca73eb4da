import { describe, expect } from "vitest";
import type { AnyFunction } from "../../../src/record/types.ts";
import { useRecording } from "../recording.ts";
import { promiseWithin } from "./promise.ts";

const NONE = "its body takes no arguments";

describe("4.4 inputs and their names", () => {
  const recording = useRecording();
  const promise = promiseWithin({ except: { ".run": NONE } });
  const ofModels = promiseWithin({ except: { ".run": NONE }, types: ["flow", "prompt"] });
  const inputs = () => recording.fields("go").inputs;

  promise("are the function's parameters", ({ members }) => {
    members().plain("q", 2);

    expect(inputs()).toEqual({ question: "q", limit: 2 });
  });

  promise("come from the options before all", ({ members }) => {
    members({ inputs: ["a", "b"] }).plain("q", 2);

    expect(inputs()).toEqual({ a: "q", b: 2 });
  });

  promise("come from a function of the options, with this and the arguments", ({ wrap }) => {
    const self = { id: 7 };
    const makeInputs = function (this: { id: number }, question: string) {
      return { id: this.id, question };
    };
    const go = wrap((_: string) => 1, { inputs: makeInputs as AnyFunction });

    Reflect.apply(go, self, ["q"]);
    expect(inputs()).toEqual({ id: 7, question: "q" });
  });

  promise("are not recorded with inputs: false", ({ members }) => {
    members({ inputs: false }).plain("q", 2);

    expect(recording.fields("go")).toEqual({ path: "go", output: '["q",2]' });
  });

  promise("of a parameter with a default are what the caller gave", ({ members }) => {
    const { withDefault } = members();

    expect(withDefault("q")).toEqual(["q", 3]);
    expect(inputs()).toEqual({ question: "q" });
  });

  promise("of a destructured parameter are named by position", ({ members }) => {
    members().destructured({ a: 1 }, [2], 3);

    expect(inputs()).toEqual({ arg0: { a: 1 }, arg1: [2], c: 3 });
  });

  promise("of a rest parameter hold all that is left", ({ members }) => {
    members().withRest("a", 1, 2);

    expect(inputs()).toEqual({ first: "a", others: [1, 2] });
  });

  promise("of minified code are its short names", ({ members }) => {
    members().n("q", 2);

    expect(inputs()).toEqual({ e: "q", t: 2 });
  });

  promise("of a generator are its parameters", ({ members }) => {
    for (const _ of members().pieces(2));

    expect(inputs()).toEqual({ to: 2 });
  });

  promise("more than there are parameters are named by position", ({ members }) => {
    (members().later as AnyFunction)("q", 2);

    return Promise.resolve().then(() => expect(inputs()).toEqual({ question: "q", arg1: 2 }));
  });

  promise("are a single plain object itself", ({ wrap }) => {
    wrap((query: object) => query)({ text: "q", limit: 2 });

    expect(inputs()).toEqual({ text: "q", limit: 2 });
  });

  promise("are not an array, a class's instance or one object of two", ({ members }) => {
    const { plain } = members() as unknown as { plain: AnyFunction };

    for (const args of [
      [[1]],
      [
        new (class A {
          a = 1;
        })(),
      ],
      [{ a: 1 }, 2],
    ])
      plain(...args);
    expect(recording.spans().map((span) => span.attributes["flowspan.inputs"])).toEqual([
      '{"question":[1]}',
      '{"question":{"a":1}}',
      '{"question":{"a":1},"limit":2}',
    ]);
  });

  ofModels("that are a list of chat messages are messages", ({ members }) => {
    const messages = [{ role: "user", content: "hi" }];
    (members().plain as AnyFunction)(messages, 2);

    expect(recording.fields("go")).toMatchObject({ messages, inputs: { limit: 2 } });
  });

  ofModels("that hold a list of chat messages give it as messages", ({ wrap }) => {
    const messages = [{ role: "user", content: [{ type: "text", text: "hi" }] }];
    wrap((request: object) => request)({ messages, model: "m" });

    expect(recording.fields("go")).toMatchObject({ messages, inputs: { model: "m" } });
  });
});
