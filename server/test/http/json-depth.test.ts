import { describe, expect, it } from "vitest";
import { isDeeperThan } from "../../src/http/json-depth.ts";

describe("isDeeperThan", () => {
  it.each([
    ["1", 0],
    ["[]", 1],
    ['{"a":[{}]}', 3],
    ["[[],[],[[]]]", 3],
    ['["[[[[","\\"[[[[","\\\\",["x"]]', 2],
    ['{"\\\\\\"{{":[1]}', 2],
  ])("finds the depth of %s", (json, depth) => {
    expect(isDeeperThan(Buffer.from(json), depth)).toBe(false);
    if (depth > 0) expect(isDeeperThan(Buffer.from(json), depth - 1)).toBe(true);
  });
});
