import type { LogType } from "../store/records.ts";
import { fillKernel, type Kernel } from "./kernel.ts";

/**
 * A kernel as clients read it: with defaults, with what clients require of it (`inputs`, a
 * description of every function), and without the ids of linked tools, which are resolved.
 */
export function toKernelView(type: LogType, kernel: Kernel): Kernel {
  const { linked_tools: _, ...filled } = fillKernel(type, kernel);
  switch (type) {
    case "flow":
      return filled;
    case "prompt": {
      const { tools } = filled;
      return {
        ...filled,
        ...(Array.isArray(tools) && { tools: tools.map(withDescription) }),
        inputs: toInputs(templateInputs(kernel)),
      };
    }
    case "tool": {
      const { function: called } = filled as { function?: Kernel };
      return {
        ...filled,
        ...(called && { function: withDescription(called) }),
        inputs: toInputs(parameterNames(called)),
      };
    }
  }
}

/** The names between double curly brackets in a prompt's template, each once, in order. */
export function templateInputs(kernel: Kernel): readonly string[] {
  const text = JSON.stringify(kernel.template) ?? "";
  // Trimmed after: a pattern for the spaces too would try every way to share them out.
  const names = text.matchAll(/\{\{([^{}"\\]+)\}\}/g);
  return [...new Set([...names].flatMap(([, name]) => name?.trim() || []))];
}

/** The names of a function's parameters, by its JSON schema. */
function parameterNames(called: Kernel | undefined): readonly string[] {
  const { properties } = (called?.parameters ?? {}) as { properties?: unknown };
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
}

function toInputs(names: readonly string[]): readonly Kernel[] {
  return names.map((name) => ({ name }));
}

function withDescription(called: Kernel): Kernel {
  return { ...called, description: called.description ?? "" };
}
