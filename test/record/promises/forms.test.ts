import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LogDecorator } from "../../../src/record/create-wrapper.ts";
import { LEGACY_HOSTS } from "../../legacy/promise-hosts.ts";
import { type Hosts, STANDARD_HOSTS } from "./hosts.ts";

describe("the hosts of the decorator forms", () => {
  it("are compiled by either standard", () => {
    const given = (hosts: Hosts): readonly unknown[] => {
      let seen: readonly unknown[] = [];
      const spy = (...args: unknown[]): void => {
        seen = args;
      };
      hosts.decorateMethod(spy as unknown as LogDecorator, () => 1);
      return seen;
    };

    expect(given(STANDARD_HOSTS)[1]).toMatchObject({ kind: "method", name: "method" });
    expect(given(LEGACY_HOSTS)).toEqual([
      expect.any(Object),
      "method",
      expect.objectContaining({ value: expect.any(Function) }),
    ]);
  });

  it("are alike", () => {
    const classesOf = (path: string): string => {
      const source = readFileSync(new URL(path, import.meta.url), "utf8");
      return source.slice(source.indexOf("function decorateMethod("));
    };

    expect(classesOf("../../legacy/promise-hosts.ts")).toBe(classesOf("./hosts.ts"));
  });
});
