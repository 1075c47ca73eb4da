/** What tells when something came, or was given out by chance, wherever it stands. */
const ARRIVAL = new Set(["created_at", "late", "version_id", "trace_flow_id"]);

/** The same of a file and its version. */
const FILE_ARRIVAL = new Set([
  "id",
  "environments",
  "last_used_at",
  "updated_at",
  "total_logs_count",
  "version_logs_count",
]);

const FILES = new Set(["flow", "prompt", "tool"]);

/** An answer without what two servers that were sent the same at other times differ in. */
export function withoutArrival(value: unknown, left: ReadonlySet<string> = ARRIVAL): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutArrival(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !left.has(name))
      .map(([name, each]) => [
        name,
        withoutArrival(each, FILES.has(name) ? new Set([...ARRIVAL, ...FILE_ARRIVAL]) : ARRIVAL),
      ]),
  );
}
