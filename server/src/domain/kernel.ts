import { createHash } from "node:crypto";
import type { LogType } from "../store/records.ts";
import { canonicalJson } from "./canonical-json.ts";

/** What a file's version consists of: a prompt's, flow's or tool's details. */
export type Kernel = Readonly<Record<string, unknown>>;

/** What a field counts as where it is left out, so that saying it changes nothing. */
const KERNEL_DEFAULTS: Readonly<Record<LogType, Kernel>> = {
  prompt: {
    endpoint: "chat",
    provider: "openai",
    max_tokens: -1,
    temperature: 1,
    top_p: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    other: {},
  },
  flow: { attributes: {} },
  tool: {},
};

/** A kernel with nulls dropped and defaults filled in, as it is answered and compared. */
export function fillKernel(type: LogType, kernel: Kernel): Kernel {
  return { ...KERNEL_DEFAULTS[type], ...withoutNulls(kernel) };
}

/** The identity of a version in its file: two kernels with one hash are one version. */
export function hashKernel(type: LogType, kernel: Kernel): string {
  const filled = fillKernel(type, kernel);
  const { template, tools } = filled;
  const compared = {
    ...filled,
    ...(Array.isArray(template) && { template: template.map(withoutNulls) }),
    ...(Array.isArray(tools) && { tools: tools.map(withoutNulls) }),
  };
  return createHash("sha256").update(canonicalJson(compared)).digest("hex");
}

/** Clients that fill in every optional field send null for the ones that aren't set. */
function withoutNulls<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) as T;
}
