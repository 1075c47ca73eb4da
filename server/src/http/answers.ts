import { finished } from "node:stream";
import type { FastifyInstance } from "fastify";
import { ApiError } from "../domain/api-error.ts";
import { createByteBudget } from "./byte-budget.ts";
import type { ServerLimits } from "./limits.ts";

/** How long a client waits before it asks again, in seconds, for what could not be sent now. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Bounds what clients that read slowly keep in memory: an answer that is not read whole in
 * `answerMillis` ends with its connection, and all answers under way have `inflightBytes`.
 *
 * Errors: 503 with `Retry-After` for an answer that finds no room.
 */
export function boundAnswers(
  server: FastifyInstance,
  { answerMillis, inflightBytes }: Pick<ServerLimits, "answerMillis" | "inflightBytes">,
): void {
  const budget = createByteBudget(inflightBytes);
  server.addHook("onSend", async (_, { raw }, payload) => {
    const bytes = sizeOf(payload);
    // One answer alone may be larger than all may be together: it could never be sent otherwise.
    const claimed = Math.min(bytes, budget.bytes);
    if (!budget.take(claimed)) {
      const detail = "Too many answers are being sent. Ask again later.";
      throw new ApiError(503, detail, RETRY_AFTER_SECONDS);
    }
    const deadline = setTimeout(() => raw.destroy(), answerMillis).unref();
    finished(raw, () => {
      clearTimeout(deadline);
      budget.giveBack(claimed);
    });
  });
}

/** The bytes of an answer that is in memory; a file is read as it is sent. */
function sizeOf(payload: unknown): number {
  if (typeof payload === "string") return Buffer.byteLength(payload);
  return Buffer.isBuffer(payload) ? payload.length : 0;
}
