/** Says that a key is unknown, in the words of the usual validators. */
const UNKNOWN_KEY = /extra|unknown|unexpected|not permitted|unrecogni[sz]ed|additional propert/i;

/**
 * What was learned of one server's dialect of the document wire: how it names a parent and the
 * trace's status, which keys it does not know, and whether it takes changes of a Flow by PATCH.
 */
export class DocumentDialect {
  /** `trace_parent_id` in place of `trace_id` and `trace_parent_log_id`. */
  usesTraceParentId = false;
  statusName: "trace_status" | "log_status" = "trace_status";
  /** A Flow is changed and completed by its POST again. */
  changesByPost = false;
  /** Goes up with everything that is learned, so that a request knows whether it was too early. */
  version = 0;
  readonly #unknown = new Set<string>();

  isUnknown(endpoint: string, key: string): boolean {
    return this.#unknown.has(`${endpoint} ${key}`);
  }

  learnChangesByPost(): void {
    if (this.changesByPost) return;
    this.changesByPost = true;
    this.version += 1;
  }

  /** Learns from the answer 422 to a body with these keys; gives the keys newly left out. */
  learn(endpoint: string, keys: readonly string[], body: unknown): readonly string[] {
    const complaints = readComplaints(body, keys);
    const leftOut: string[] = [];
    for (const { key, isUnknown } of complaints) {
      if (key === "trace_id" || key === "trace_parent_log_id") {
        if (this.usesTraceParentId) continue;
        this.usesTraceParentId = true;
      } else if (key === "trace_status") {
        if (this.statusName === "log_status") continue;
        this.statusName = "log_status";
      } else if (isUnknown && !this.isUnknown(endpoint, key)) {
        this.#unknown.add(`${endpoint} ${key}`);
        leftOut.push(key);
      } else {
        continue;
      }
      this.version += 1;
    }
    return leftOut;
  }
}

interface Complaint {
  readonly key: string;
  readonly isUnknown: boolean;
}

/** Which of the sent keys a 422 names. */
function readComplaints(body: unknown, keys: readonly string[]): readonly Complaint[] {
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : body;
  if (typeof detail === "string") {
    const isUnknown = UNKNOWN_KEY.test(detail);
    return keys
      .filter((key) => new RegExp(`\\b${key}\\b`).test(detail))
      .map((key) => ({ key, isUnknown }));
  }
  if (!Array.isArray(detail)) return [];
  return detail.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { loc, msg, type } = entry as { loc?: unknown; msg?: unknown; type?: unknown };
    // A key of the body itself, not one deep inside a payload.
    const place = Array.isArray(loc) ? loc.filter((part) => part !== "body") : [];
    const key = String(place[0]);
    if (place.length !== 1 || !keys.includes(key)) return [];
    return [{ key, isUnknown: UNKNOWN_KEY.test(`${String(type)} ${String(msg)}`) }];
  });
}
