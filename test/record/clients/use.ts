import type { LlmServer } from "./llm-server.ts";

/** One way to call a client and to use what it gives. */
export interface Use {
  /** What a wrapped function returns. */
  readonly call: (server: LlmServer) => object;
  /** Uses it, and gives all that a program can see of it. */
  readonly use: (given: never) => Promise<unknown>;
  /** How the span has to end. */
  readonly outcome: "ok" | "error" | "aborted" | "cancelled";
  /** What the log has to say, where the answer came whole. */
  readonly fields: object;
}

/** What every API of the server answers to a plain question. */
export const ANSWERED: object = {
  output_message: { role: "assistant", content: "Hello" },
  finish_reason: "stop",
  prompt_tokens: 3,
  output_tokens: 2,
};

/** Defines a use whose consumer is typed by its call. */
export function use<T extends object>(
  call: (server: LlmServer) => T,
  consume: (given: T) => Promise<unknown>,
  { outcome = "ok", fields = outcome === "ok" ? ANSWERED : {} }: Partial<Use> = {},
): Use {
  return { call, use: consume, outcome, fields };
}

export async function collect(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const pieces: unknown[] = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}

/** The class and message of the error that a promise has to fail with. */
export async function messageOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return [(error as Error).constructor.name, (error as Error).message];
  }
  throw new Error("expected a failure");
}
