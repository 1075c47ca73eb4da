import type { LogResponse, Nullable } from "./wire.ts";

/** What model calls used. A number is undefined when no call told it. Costs are dollars. */
export interface Usage {
  /** Model calls with any usage. */
  readonly calls: number;
  readonly promptTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cost: number | undefined;
  /** Calls that told tokens but no cost, so that a sum can say it is not the whole. */
  readonly callsWithoutCost: number;
}

/** The usage of nothing. */
export const NO_USAGE: Usage = {
  calls: 0,
  promptTokens: undefined,
  outputTokens: undefined,
  cost: undefined,
  callsWithoutCost: 0,
};

/** Gives what one log says of itself, whatever its children say. */
export function ownUsage(log: LogResponse): Usage {
  const promptTokens = numberOf(log.prompt_tokens);
  const outputTokens = numberOf(log.output_tokens);
  const cost = sum(numberOf(log.prompt_cost), numberOf(log.output_cost));
  if (promptTokens === undefined && outputTokens === undefined && cost === undefined) {
    return NO_USAGE;
  }
  return {
    calls: 1,
    promptTokens,
    outputTokens,
    cost,
    callsWithoutCost: cost === undefined ? 1 : 0,
  };
}

/** Gives two usages together; what neither knows stays unknown. */
export function addUsage(one: Usage, other: Usage): Usage {
  if (one.calls === 0) return other;
  if (other.calls === 0) return one;
  return {
    calls: one.calls + other.calls,
    promptTokens: sum(one.promptTokens, other.promptTokens),
    outputTokens: sum(one.outputTokens, other.outputTokens),
    cost: sum(one.cost, other.cost),
    callsWithoutCost: one.callsWithoutCost + other.callsWithoutCost,
  };
}

function numberOf(value: Nullable<number>): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other === undefined ? one : one + other;
}
