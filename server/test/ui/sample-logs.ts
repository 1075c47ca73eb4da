import type { LogResponse, LogType } from "../../ui/wire.ts";

/** What a sample log may set beside its id. */
export type SampleFields = Partial<LogResponse> & { readonly type?: LogType };

/** 2026-05-04T10:00:00Z, the moment that sample times are counted from. */
export const ORIGIN_MILLIS: number = Date.UTC(2026, 4, 4, 10);

/** Gives a moment as the API writes it, `millis` after the origin. */
export function at(millis: number): string {
  return new Date(ORIGIN_MILLIS + millis).toISOString();
}

/** Gives a log as the API answers it, of the shape that only tests need: its path is its id. */
export function sampleLog(
  id: string,
  fields: SampleFields = {},
  children: readonly LogResponse[] = [],
): LogResponse {
  const { type = "flow", ...rest } = fields;
  return { id, [type]: { path: id, version_id: "v1" }, trace_children: children, ...rest };
}
