/**
 * @typedef {{
 *   id: string, trace_status?: string, start_time?: string, end_time?: string, error?: string,
 *   prompt_tokens?: number, output_tokens?: number, trace_children?: Log[],
 *   flow?: File, prompt?: File & { model: string }, tool?: File,
 * }} Log a log as GET /logs/{id} answers it
 * @typedef {{ path: string }} File
 */

/**
 * The lines of a trace as a tree: kind, path, what it took, tokens, and the status of the whole at its root.
 *
 * @param {Log} log
 * @param {{ timings?: boolean }} [options] without timings the same run prints the same lines
 * @returns {string[]}
 */
export function traceToLines(log, { timings = true } = {}) {
  const rows = toRows(log, "", "");
  const widest = Math.max(...rows.map((row) => row.label.length));
  return rows.map((row) => {
    const facts = [
      timings && took(row.log),
      tokens(row.log),
      row.log.trace_status,
      failure(row.log),
    ];
    return `${row.label.padEnd(widest)}  ${facts.filter(Boolean).join("  ")}`.trimEnd();
  });
}

/**
 * @param {Log} log
 * @param {string} branch what stands before this log's own line
 * @param {string} trunk what stands before its children's branches
 * @returns {{ label: string, log: Log }[]}
 */
function toRows(log, branch, trunk) {
  const children = log.trace_children ?? [];
  const below = children.flatMap((child, index) => {
    const last = index === children.length - 1;
    return toRows(child, `${trunk}${last ? "└─ " : "├─ "}`, `${trunk}${last ? "   " : "│  "}`);
  });
  return [{ label: `${branch}${nameOf(log)}`, log }, ...below];
}

/** @param {Log} log */
function nameOf(log) {
  if (log.flow) return `Flow ${log.flow.path}`;
  if (log.prompt) return `Prompt ${log.prompt.path} (${log.prompt.model})`;
  return `Tool ${log.tool?.path ?? log.id}`;
}

/** @param {Log} log */
function took({ start_time, end_time }) {
  if (!start_time || !end_time) return undefined;
  const millis = Date.parse(end_time) - Date.parse(start_time);
  return millis < 1 ? "<1 ms" : `${millis} ms`;
}

/** @param {Log} log */
function tokens({ prompt_tokens, output_tokens }) {
  if (prompt_tokens == null && output_tokens == null) return undefined;
  return `${prompt_tokens ?? "?"} -> ${output_tokens ?? "?"} tokens`;
}

/** @param {Log} log */
function failure({ error }) {
  return error ? `error: ${error.split("\n")[0]}` : undefined;
}
