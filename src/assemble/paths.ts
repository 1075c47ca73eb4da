import { ATTR_REQUEST_MODEL, ATTR_SERVICE_NAME } from "../base/attributes.ts";
import { type JsonText, toJsonText } from "../base/json-text.ts";
import type { LogType } from "../base/log-types.ts";
import { maskSecrets } from "../base/mask.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { pathName } from "../dialects/path-name.ts";
import type { AssembleOptions } from "./options.ts";

/**
 * The path of a span's File: the recorded one, else its agent's, workflow's, function's or tool's
 * name, else `<nearest Flow's path>/<operation>`, else `<service>/<kind>`. Never a model or an id.
 * `undefined` when the File's id was recorded instead.
 */
export function pathOf(
  type: LogType,
  reading: SpanReading,
  span: SpanView,
  flowPath: JsonText | undefined,
  options: AssembleOptions,
): JsonText | undefined {
  if (reading.fields.path !== undefined) return reading.fields.path;
  if (reading.fields.id !== undefined) return undefined;
  const path = nameOf(reading, flowPath, type) ?? `${serviceOf(span, options)}/${type}`;
  return madePath(path, type, options);
}

function nameOf(
  reading: SpanReading,
  flowPath: JsonText | undefined,
  type: LogType,
): string | undefined {
  // Frameworks give agents without a name their id for one.
  const name = type === "flow" ? pathName(reading.name ?? "") : reading.name;
  if (name !== undefined) return name;
  if (flowPath === undefined) return undefined;
  return `${plain(flowPath)}/${reading.operation ?? type}`;
}

/**
 * The path of a Flow that is made: the local root's route or name, `<its path>/flow` where the
 * root is itself a log, `<service>/flow` where it has not ended.
 *
 * @param top the topmost span that is known; the local root unless `isRoot` is false.
 * @param rootPath the local root's own path, when it is a log.
 */
export function madeFlowPath(
  top: SpanView,
  isRoot: boolean,
  rootPath: JsonText | undefined,
  options: AssembleOptions,
): JsonText {
  if (rootPath !== undefined) return madePath(`${plain(rootPath)}/flow`, "flow", options);
  const known = isRoot && top.endTime !== undefined ? rootName(top) : undefined;
  return madePath(known ?? `${serviceOf(top, options)}/flow`, "flow", options);
}

/** An HTTP span's name may hold the raw URL, so only its route will do; others hold the model or an id. */
function rootName(root: SpanView): string | undefined {
  const { attributes } = root;
  const route = attributes["http.route"];
  if (typeof route === "string") return route.replace(/^\/+|\/+$/g, "") || undefined;
  const isHttp =
    attributes["http.request.method"] !== undefined || attributes["http.method"] !== undefined;
  const model = attributes[ATTR_REQUEST_MODEL];
  return isHttp ? undefined : pathName(root.name, typeof model === "string" ? model : undefined);
}

/** `<path>/<number>`. */
export function numberedPath(path: JsonText, number: number): JsonText {
  return toJsonText(`${plain(path)}/${number}`);
}

/** A service that nobody named is named after its program, by some SDKs with all of its folders. */
const UNNAMED_PROGRAM = /^(unknown_service:).*[/\\]/;

/** The service's name by the options, else by the span's resource. */
export function serviceOf(span: SpanView, options: AssembleOptions): string {
  const name = options.serviceName ?? span.resource[ATTR_SERVICE_NAME];
  if (typeof name !== "string" || name === "") return "unknown_service";
  return maskSecrets(name.replace(UNNAMED_PROGRAM, "$1"));
}

/** The text that a string's JSON text stands for. */
export function plain(text: JsonText): string {
  return String(JSON.parse(text));
}

function madePath(path: string, type: LogType, options: AssembleOptions): JsonText {
  const masked = maskSecrets(path);
  return toJsonText(options.madePath?.(masked, type) ?? masked);
}
