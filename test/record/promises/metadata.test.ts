import { afterEach, describe, expect } from "vitest";
import { sharedState } from "../../../src/base/shared-state.ts";
import { currentLog } from "../../../src/index.ts";
import { DEFAULT_POLICY } from "../../../src/spans/policy.ts";
import { promise } from "./promise.ts";
import { useSentLogs } from "./sent-logs.ts";

describe("4.8 our own metadata", () => {
  const sent = useSentLogs();
  afterEach(() => sharedState().policies.clear());
  const metadata = () => sent("go").metadata as { readonly flowspan: Record<string, unknown> };

  promise("is one key, beside the user's", ({ wrap }) => {
    wrap(() => 1, { metadata: { team: "a" } })();

    expect(Object.keys(metadata()).sort()).toEqual(["flowspan", "team"]);
    expect(Object.keys(metadata().flowspan)).toEqual(["otel"]);
  });

  promise("leads back to the span", ({ wrap }) => {
    const id = wrap(() => currentLog().id)();

    const { trace_id, span_id, service } = metadata().flowspan.otel as Record<string, string>;
    expect(`log_${trace_id}${span_id}`).toBe(id);
    expect(service).toEqual(expect.any(String));
  });

  promise("tells the outcome where it is not ok", async ({ wrap }) => {
    await wrap(async () => {
      throw AbortSignal.abort().reason;
    })().catch(() => 0);

    expect(metadata().flowspan.outcome).toBe("aborted");
    expect(sent("go").error).toContain("AbortError");
  });

  promise("tells the time to the first piece", async ({ wrap }) => {
    const talk = wrap(async function* () {
      yield "a";
    });

    for await (const _ of talk());
    expect(metadata().flowspan.time_to_first_token_seconds).toBeGreaterThan(0);
  });

  promise("tells the full size of what was cut", ({ wrap }) => {
    sharedState().policies.add({ ...DEFAULT_POLICY, maxFieldBytes: 100 });
    wrap(() => "x".repeat(500))();

    const { output } = metadata().flowspan.truncated as { output: number };
    expect(output).toBeGreaterThanOrEqual(500);
  });
});
