import { describe, expect, it } from "vitest";
import { parameterNames } from "../../src/record/parameter-names.ts";

// Sources are compiled from text, as no compiler may touch them.
const names = (source: string) => parameterNames(new Function(`return ${source}`)());

describe("parameterNames", () => {
  it.each<[string, (string | undefined)[]]>([
    ["function (a, b) {}", ["a", "b"]],
    ["async function named(question) {}", ["question"]],
    ["(a, b) => a", ["a", "b"]],
    ["a => a", ["a"]],
    ["async a => a", ["a"]],
    ["async (a) => a", ["a"]],
    ["() => 1", []],
    ["function* (to = 3) {}", ["to"]],
    ['(a = "x,y(", b = [1, 2], c = f(1, 2)) => a', ["a", "b", "c"]],
    ["(e,t=1,{a:n}={},...r)=>e", ["e", "t", undefined, "...r"]],
    ["({ a, b }, [c], d) => a", [undefined, undefined, "d"]],
    ["(first, ...rest) => first", ["first", "...rest"]],
    ["(a /* , b ) */, c // ) \n) => a", ["a", "c"]],
    ["({ method(a, b) {} }).method", ["a", "b"]],
    ['({ ["comp(uted)"](a) {} })["comp(uted)"]', ["a"]],
    ["(größe, $x, _y) => 1", ["größe", "$x", "_y"]],
    ["(function (a) {}).bind(null)", []],
    ["Math.max", []],
  ])("%s", (source, expected) => {
    expect(names(source)).toEqual(expected);
  });
});
