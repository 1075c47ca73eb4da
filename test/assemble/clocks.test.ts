import { expect, it } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import { foreign, own, values } from "./spans.ts";

const DAY = 86_400;

it.each([-DAY, -1, 1, DAY])("ends no log before its start: a clock %d seconds off", (seconds) => {
  const startTime = [1_795_300_801, 5] as const;
  const endTime = [startTime[0] + seconds, 5] as const;
  const spans = [
    own("flow", 1, undefined, {}, { startTime, endTime }),
    foreign("chat", 2, 1, {}, { startTime, endTime }),
  ];

  for (const log of assemble(spans)) {
    const { start_time, end_time, provider_latency } = values(log) as Record<string, string>;
    expect(Date.parse(String(end_time))).toBeGreaterThanOrEqual(Date.parse(String(start_time)));
    expect(provider_latency).toBe(Math.max(0, seconds));
  }
});
