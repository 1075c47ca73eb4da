import { flow, prompt, tool } from "../../src/index.ts";
import type { LogWrapper } from "../../src/record/create-wrapper.ts";
import type { CommonOptions } from "../../src/record/types.ts";

/** The three wrappers with their names, for tests that hold for each of them. */
export const LOG_WRAPPERS: readonly (readonly [string, LogWrapper<CommonOptions>])[] = [
  ["flow", flow],
  ["prompt", prompt],
  ["tool", tool],
];
