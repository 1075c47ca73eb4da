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

/** Defines a use whose consumer is typed by its call. */
export type DefineUse = <T extends object>(
  call: (server: LlmServer) => T,
  consume: (given: T) => Promise<unknown>,
  more?: Partial<Use>,
) => Use;

/** Defines the uses of one API, which ends its answer to a plain question with this word. */
export function usesOf(finish_reason: string): DefineUse {
  const answered = {
    output_message: { role: "assistant", content: "Hello" },
    finish_reason,
    prompt_tokens: 3,
    output_tokens: 2,
  };
  return (call, consume, { outcome = "ok", fields = outcome === "ok" ? answered : {} } = {}) => ({
    call,
    use: consume,
    outcome,
    fields,
  });
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
