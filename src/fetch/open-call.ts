import { type Context, SpanKind } from "@opentelemetry/api";
import {
  ATTR_CALL,
  ATTR_OPERATION_NAME,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_MODEL,
} from "../base/attributes.ts";
import { maskSecrets } from "../base/mask.ts";
import type { ProviderRequest } from "../providers/index.ts";
import { FIELDS } from "../spans/fields.ts";
import type { OpenLog } from "../spans/open-log.ts";
import { type StartedLog, startLog } from "../spans/start-log.ts";

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
): StartedLog {
  const { operation, providerName } = request;
  const type = operation === "embeddings" ? "tool" : "prompt";
  const model = request.model === undefined ? undefined : maskSecrets(request.model);
  const attributes = {
    [ATTR_CALL]: true,
    [ATTR_OPERATION_NAME]: operation,
    [ATTR_PROVIDER_NAME]: providerName,
    [ATTR_REQUEST_MODEL]: model,
    "server.address": url.hostname,
    "server.port": url.port === "" ? undefined : Number(url.port),
  };
  const name = model === undefined ? operation : `${operation} ${model}`;
  const options = { kind: SpanKind.CLIENT, attributes, startTime };
  return startLog(name, { type, query: {} }, parent, options, (log) =>
    recordRequest(log, request, body),
  );
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
