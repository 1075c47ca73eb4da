import { describe, expect } from "vitest";
import { record } from "../../../src/index.ts";
import { promise } from "./promise.ts";
import { type SentLog, useSentLogs } from "./sent-logs.ts";

describe("4.5 what any exporter sees", () => {
  const sent = useSentLogs("remote");
  const MESSAGES = [{ role: "user", content: 'say "hi"\n' }];

  promise(
    "the log is the same when it is read from the span's attributes alone",
    async ({ wrap }) => {
      const body = async () => {
        record({
          inputs: { text: 'a "b"\n\u2028', list: [1, null, { deep: true }] },
          messages: MESSAGES,
          metadata: { team: "a" },
          user: "u1",
          sessionId: "s1",
          promptTokens: 3,
        });
        return { role: "assistant", content: "hi" };
      };

      await wrap(body, "remote")();
      await wrap(body, "go")();
      expect(withoutOwn(sent("remote"))).toEqual(withoutOwn(sent("go")));
      expect(sent("remote")).toMatchObject({ user: "u1", session_id: "s1" });
    },
  );

  promise("so is that of a failure", async ({ wrap }) => {
    const fail = async () => {
      throw AbortSignal.abort().reason;
    };

    await wrap(fail, "remote")().catch(() => 0);
    await wrap(fail, "go")().catch(() => 0);
    expect(withoutOwn(sent("remote"))).toEqual(withoutOwn(sent("go")));
    expect(sent("remote").error).toContain("AbortError");
  });
});

/** Without what belongs to the one span: its path, times and ids. */
function withoutOwn({ path, start_time, end_time, provider_latency, ...log }: SentLog): unknown {
  const { flowspan, ...own } = log.metadata as { flowspan: object };
  return { ...log, tool: undefined, metadata: { ...own, ...flowspan, otel: undefined } };
}
