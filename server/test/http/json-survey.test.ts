import { describe, expect, it } from "vitest";
import { surveyJson } from "../../src/http/json-survey.ts";

describe("surveyJson", () => {
  it.each([
    ["1", 0],
    ["[]", 1],
    ['{"a":[{}]}', 3],
    ["[[],[],[[]]]", 3],
    ['["[[[[","\\"[[[[","\\\\",["x"]]', 2],
    ['{"\\\\\\"{{":[1]}', 2],
  ])("finds the depth of %s", (json, depth) => {
    expect(surveyJson(Buffer.from(json), depth).isTooDeep).toBe(false);
    if (depth > 0) expect(surveyJson(Buffer.from(json), depth - 1).isTooDeep).toBe(true);
  });

  it.each([
    ["1", 0],
    ["[]", 64],
    ["[[],[]]", 208],
    ['{"a":1,"b":"[,{"}', 80],
  ])("counts the containers and values of %s", (json, parsedBytes) => {
    expect(surveyJson(Buffer.from(json), 9).parsedBytes).toBe(parsedBytes);
  });
});
