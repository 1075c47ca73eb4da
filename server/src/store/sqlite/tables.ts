/** The rows as SQLite holds them: times in microseconds since 1970, flags as 0 or 1. */
export interface Tables {
  projects: { id: string; name: string; created_micros: number };
  environments: {
    id: string;
    project_id: string;
    name: string;
    tag: "default" | "other";
    created_micros: number;
  };
  files: {
    id: string;
    project_id: string;
    type: "flow" | "prompt" | "tool";
    path: string;
    name: string;
    created_micros: number;
    updated_micros: number;
    details: string;
  };
  versions: {
    id: string;
    project_id: string;
    file_id: string;
    hash: string;
    kernel: string;
    name: string | null;
    description: string | null;
    created_micros: number;
    last_used_micros: number;
    logs_count: number;
  };
  deployments: {
    project_id: string;
    file_id: string;
    environment_id: string;
    version_id: string;
  };
  logs: LogRow;
  spans: SpanRow;
  span_events: SpanEventRow;
  keys: KeyRow;
  sessions: SessionRow;
}

/** One key. `scopes` is a list with commas. */
export interface KeyRow {
  id: string;
  project_id: string;
  name: string;
  scopes: string;
  hash: string;
  created_micros: number;
  last_used_micros: number | null;
  expires_micros: number | null;
  revoked_micros: number | null;
}

/** One session; without a key it was opened with the key that the server was started with. */
export interface SessionRow {
  hash: string;
  key_id: string | null;
  expires_micros: number;
}

/** One log. The columns before `fields` are read without it. */
export interface LogRow {
  trace_id: string;
  project_id: string;
  id: string;
  parent_id: string | null;
  type: "flow" | "prompt" | "tool";
  file_id: string;
  version_id: string;
  status: "complete" | "incomplete" | null;
  start_micros: number | null;
  end_micros: number | null;
  created_micros: number;
  save: number;
  late: number;
  has_error: number;
  user: string | null;
  prompt_tokens: number | null;
  output_tokens: number | null;
  cost: number | null;
  fields: string;
  waits_for: "parent" | "root" | null;
  origin: "spans" | "both" | null;
  projection_hash: string | null;
  span_fields: string | null;
}

/** One event of a span. */
export interface SpanEventRow {
  trace_id: string;
  project_id: string;
  span_id: string;
  place: string;
  event: string;
}

/** One span; its trace is OpenTelemetry's. */
export interface SpanRow {
  trace_id: string;
  project_id: string;
  span_id: string;
  ended: number;
  span: string;
}
