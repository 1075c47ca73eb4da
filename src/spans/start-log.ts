import type { Context, Span, SpanOptions } from "@opentelemetry/api";
import { ATTR_TYPE } from "../base/attributes.ts";
import { logAbove } from "../base/log-above.ts";
import { REMOTE_PARENT } from "../base/remote-parent.ts";
import { sharedState } from "../base/shared-state.ts";
import { recordContextFields } from "./context-fields.ts";
import { guarded } from "./guard.ts";
import { type LogSettings, OpenLog } from "./open-log.ts";
import { trace } from "./otel-api.ts";
import { currentPolicy } from "./policy.ts";
import { VERSION } from "./version.ts";

/** A span's name has no cap of its own, and may be made from a call's arguments. */
const MAX_NAME_LENGTH = 1_000;

/** A span that was opened for a log. */
export interface StartedLog {
  readonly span: Span;
  readonly log: OpenLog;
}

/**
 * Opens a span under `parent` with the log that it is of, and the fields that `withLogContext` has
 * set for it. One that the sampler leaves out is counted.
 *
 * @param name with no secrets in it.
 * @param record records the rest; not called for what is left out. What it throws goes to `diag`.
 */
export function startLog(
  name: string,
  settings: LogSettings,
  parent: Context,
  options: SpanOptions,
  record: (log: OpenLog) => void,
): StartedLog {
  const above = logAbove(parent, trace.getSpanContext(parent)?.traceId);
  const attributes = {
    [ATTR_TYPE]: settings.type,
    [REMOTE_PARENT]: above?.carried,
    ...options.attributes,
  };
  const span = trace
    .getTracer("flowspan", VERSION)
    .startSpan(name.slice(0, MAX_NAME_LENGTH), { ...options, attributes }, parent);
  const log = new OpenLog(span, settings, currentPolicy(), above);
  if (log.recording) {
    sharedState().recorded.set(span, log);
    guarded("recording the call", () => {
      recordContextFields(log, parent);
      record(log);
    });
  } else {
    sharedState().notSampled++;
  }
  return { span, log };
}
