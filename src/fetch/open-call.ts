import { type Context, type Span, SpanKind } from "@opentelemetry/api";
import {
  ATTR_CALL,
  ATTR_OPERATION_NAME,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_MODEL,
  ATTR_TYPE,
} from "../base/attributes.ts";
import { logAbove } from "../base/log-above.ts";
import { maskSecrets } from "../base/mask.ts";
import { REMOTE_PARENT } from "../base/remote-parent.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ProviderRequest } from "../providers/index.ts";
import { recordContextFields } from "../spans/context-fields.ts";
import { FIELDS } from "../spans/fields.ts";
import { guarded } from "../spans/guard.ts";
import { OpenLog } from "../spans/open-log.ts";
import { trace } from "../spans/otel-api.ts";
import { currentPolicy } from "../spans/policy.ts";
import { VERSION } from "../spans/version.ts";

/** A span's name has no cap of its own, and a model's name comes from a request. */
const MAX_NAME_LENGTH = 1_000;

/** An opened call. */
export interface OpenedCall {
  readonly span: Span;
  readonly log: OpenLog;
}

/**
 * Opens the span of one call of a provider under `parent`, and records the request.
 *
 * @param body the request's body, parsed. Headers are never looked at: they hold keys.
 * @param startTime when the call was made, in epoch milliseconds; default now.
 */
export function openCall(
  request: ProviderRequest,
  url: URL,
  body: unknown,
  parent: Context,
  startTime?: number,
): OpenedCall {
  const { operation, providerName } = request;
  const type = operation === "embeddings" ? "tool" : "prompt";
  const model = request.model === undefined ? undefined : maskSecrets(request.model);
  const above = logAbove(parent, trace.getSpanContext(parent)?.traceId);
  const attributes = {
    [ATTR_TYPE]: type,
    [ATTR_CALL]: true,
    [ATTR_OPERATION_NAME]: operation,
    [ATTR_PROVIDER_NAME]: providerName,
    [ATTR_REQUEST_MODEL]: model,
    "server.address": url.hostname,
    "server.port": url.port === "" ? undefined : Number(url.port),
    [REMOTE_PARENT]: above?.carried,
  };
  const name = model === undefined ? operation : `${operation} ${model}`.slice(0, MAX_NAME_LENGTH);
  const span = trace
    .getTracer("flowspan", VERSION)
    .startSpan(name, { kind: SpanKind.CLIENT, attributes, startTime }, parent);
  const log = new OpenLog(span, { type, query: {} }, currentPolicy(), above);
  if (log.recording) {
    sharedState().recorded.set(span, log);
    guarded("recording the request", () => {
      recordContextFields(log, parent);
      recordRequest(log, request, body);
    });
  } else {
    sharedState().notSampled++;
  }
  return { span, log };
}

function recordRequest(log: OpenLog, request: ProviderRequest, body: unknown): void {
  log.set(log.type === "tool" ? FIELDS.tool : FIELDS.prompt, request.kernel);
  log.set(FIELDS.inputs, request.inputs);
  if (log.type === "prompt") {
    log.set(FIELDS.messages, request.messages);
    log.set(FIELDS.toolChoice, request.toolChoice);
  }
  log.set(FIELDS.providerRequest, body);
  log.flushAttributes();
}
