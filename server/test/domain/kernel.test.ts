import { describe, expect, it } from "vitest";
import { hashKernel } from "../../src/domain/kernel.ts";

describe("hashKernel", () => {
  it("is the same for nulls and absent fields, in messages and tools too", () => {
    const bare = {
      model: "m",
      template: [{ role: "user", content: "x" }],
      tools: [{ name: "add", description: "d" }],
    };
    const filled = {
      model: "m",
      seed: null,
      template: [{ content: "x", role: "user", name: null, tool_calls: null }],
      tools: [{ strict: null, description: "d", name: "add" }],
    };

    expect(hashKernel("prompt", filled)).toBe(hashKernel("prompt", bare));
  });

  it("tells null from absent in a flow's attributes, which are the user's own", () => {
    const some = hashKernel("flow", { attributes: { a: null } });

    expect(some).not.toBe(hashKernel("flow", { attributes: {} }));
  });

  it("tells the order of lists, and not that of keys", () => {
    const hash = (attributes: object) => hashKernel("flow", { attributes });

    expect(hash({ a: 1, b: 2 })).toBe(hash({ b: 2, a: 1 }));
    expect(hash({ a: [1, 2] })).not.toBe(hash({ a: [2, 1] }));
  });

  it("stays what it was, because stored versions are found by it", () => {
    expect(hashKernel("flow", { attributes: {} })).toBe(
      "45beb2c084b5532fbfd873bedf7a1a3a6e14b205c310a19af29817d1788ccf24",
    );
    expect(hashKernel("prompt", { model: "m" })).toBe(
      "c2fad53dac8b02f55aa04aa20a0de53a8f85409a94d203868f9a3f2512cacc33",
    );
  });
});
