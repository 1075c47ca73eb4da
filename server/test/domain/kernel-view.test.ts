import { describe, expect, it } from "vitest";
import { templateInputs, toKernelView } from "../../src/domain/kernel-view.ts";

describe("toKernelView", () => {
  it("gives a tool its parameters as inputs, and its function a description", () => {
    const parameters = { type: "object", properties: { a: {}, "b.c": {} } };

    const view = toKernelView("tool", { function: { name: "add", parameters } });

    expect(view).toEqual({
      function: { name: "add", parameters, description: "" },
      inputs: [{ name: "a" }, { name: "b.c" }],
    });
  });

  it.each([{}, { function: { name: "x" } }, { function: { name: "x", parameters: { a: 1 } } }])(
    "gives a tool without parameters no inputs: %j",
    (kernel) => {
      expect(toKernelView("tool", kernel)).toHaveProperty("inputs", []);
    },
  );

  it("gives a prompt's tools a description", () => {
    const view = toKernelView("prompt", { model: "m", tools: [{ name: "a" }] });

    expect(view).toHaveProperty(["tools", 0, "description"], "");
  });
});

describe("templateInputs", () => {
  it.each([
    ["Hello {{name}} and {{ other }}, {{name}}", ["name", "other"]],
    [[{ role: "user", content: [{ type: "text", text: "{{ü.x}}" }] }], ["ü.x"]],
    ["no {name} here {{}} {{ }} {{a}", []],
    ["{{a{{b}} {{c}}} {{ d e }}", ["b", "c", "d e"]],
    [undefined, []],
  ])("of %j", (template, expected) => {
    expect(templateInputs({ template })).toEqual(expected);
  });
});
