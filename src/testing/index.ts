export { type Captured, captureLogs } from "./capture-logs.ts";
export type { CapturedLog } from "./captured-log.ts";
export { formatLogs } from "./format-logs.ts";
