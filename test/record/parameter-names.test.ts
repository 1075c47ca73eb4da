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
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source
    ["(a = `x, (${`, ${[1, 2]}`}`, b) => a", ["a", "b"]],
    ["(a = /[(,/]\\//, b = 1 / 2, c = 3 / 4) => a", ["a", "b", "c"]],
    ["(a = () => { return /[,(]/; }, b) => a", ["a", "b"]],
    ["(a = (x, y) => x, b = function (p, q) {}, c = class { m(r) {} }) => a", ["a", "b", "c"]],
    ["(a = '//', b = \"/*\", c) => a", ["a", "b", "c"]],
    ["({ a, b: [c] } = {}, [d, e] = [1, 2], f) => a", [undefined, undefined, "f"]],
    ["(...[a, b]) => a", [undefined]],
    ["(... /* all */ rest) => 1", ["...   rest"]],
    ["async(a,b)=>a", ["a", "b"]],
    ["async/* c */a => f(a)", ["a"]],
    ["a /* (b) */ => f(a)", ["a"]],
    ["async => async(1)", ["async"]],
    ["async function async(get, set) {}", ["get", "set"]],
    ["({ get(a) {} }).get", ["a"]],
    ["({ async *of(a, b) {} }).of", ["a", "b"]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source
    ["({ [`t(${'x'})`](a) {} })['t(x)']", ["a"]],
    ["(class { static async static(a) {} }).static", ["a"]],
    ["(class { #a; m(b) {} })", []],
    ["new Function('a', 'b = 1', 'return a')", ["a", "b"]],
    ["Object.assign((a) => a, { toString: () => '(b) => b' })", ["a"]],
    ["new Proxy((a) => a, {})", []],
    ["(function (a) {}).bind(null)", []],
    ["Math.max", []],
  ])("%s", (source, expected) => {
    expect(names(source)).toEqual(expected);
  });

  it.each<[string, string, (string | undefined)[]]>([
    ["a long body", `(a) => {${"f('(', b => b);".repeat(100_000)}}`, ["a"]],
    ["a long default", `(a = [${"1,".repeat(500_000)}], b) => a`, ["a"]],
    ["slashes", `(a = "${"/ =[".repeat(300_000)}", b) => a`, ["a"]],
    [
      "expressions it misreads",
      `(a = (b) ? typeof (c) / "'" : 1, d = "${"=/['".repeat(300_000)}") => 1`,
      ["a", "d"],
    ],
    ["a class", `class { ${"m(a) {}".repeat(100_000)} }`, []],
  ])("reads a source with %s to an end", (_what, source, expected) => {
    expect(names(source)).toEqual(expected);
  });
});
