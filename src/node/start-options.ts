import type { FlowspanOptions } from "../otel/flowspan-options.ts";
import { expectKnown } from "../otel/option-reader.ts";
import type { Environment, ResolvedOptions } from "../otel/resolve-options.ts";
import { OPTION_NAMES, resolveOptions } from "../otel/resolve-options.ts";

const WHERE = "start()";
const UNKNOWN_SERVICE = "unknown_service:node";

/** Options of `start()`. */
export interface StartOptions extends FlowspanOptions {
  /** The resource's `service.name`. `OTEL_SERVICE_NAME`. Default `unknown_service:node`. */
  readonly serviceName?: string;
  /**
   * Address of an OTLP backend that gets the same spans over HTTP; `/v1/traces` is added where it
   * is missing. `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT`. Default none.
   */
  readonly otlpUrl?: string;
}

/** Options of `start()` with everything filled in. */
export interface ResolvedStartOptions {
  readonly flowspan: ResolvedOptions;
  readonly serviceName: string;
  /** Attributes of the resource, `OTEL_RESOURCE_ATTRIBUTES` included. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly sendsOtlp: boolean;
  /** `undefined`: the OTLP exporter reads the environment. */
  readonly otlpUrl: string | undefined;
}

/** @throws TypeError or RangeError that names the option, what was expected and what came. */
export function resolveStartOptions(
  options: StartOptions,
  environment: Environment,
): ResolvedStartOptions {
  expectKnown(WHERE, options, { ...OPTION_NAMES, serviceName: true, otlpUrl: true });
  const { serviceName, otlpUrl, ...flowspan } = options;
  expectText("serviceName", serviceName);
  expectUrl("otlpUrl", otlpUrl);
  const attributes = readResourceAttributes(environment.OTEL_RESOURCE_ATTRIBUTES);
  const name =
    serviceName || environment.OTEL_SERVICE_NAME || attributes["service.name"] || UNKNOWN_SERVICE;
  const hasOtlpVariable = Boolean(
    environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT,
  );
  return {
    flowspan: resolveOptions(WHERE, flowspan, environment),
    serviceName: name,
    resourceAttributes: { ...attributes, "service.name": name },
    sendsOtlp: otlpUrl !== undefined || hasOtlpVariable,
    otlpUrl,
  };
}

function expectText(name: string, value: unknown): void {
  if (value === undefined || (typeof value === "string" && value !== "")) return;
  throw new TypeError(
    `${WHERE}: ${name}: expected text, got ${JSON.stringify(value) ?? String(value)} (${typeof value}). Give another value or leave it out.`,
  );
}

function expectUrl(name: string, value: unknown): void {
  expectText(name, value);
  if (value === undefined || /^https?:\/\/[^/\s]/.test(String(value))) return;
  throw new TypeError(
    `${WHERE}: ${name}: expected an http:// or https:// URL, got ${JSON.stringify(value)} (string). Give the backend's address, for example http://127.0.0.1:4318.`,
  );
}

/** `key=value,key=value`, percent-encoded, as OTel defines it; what is malformed is left out. */
function readResourceAttributes(text: string | undefined): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const pair of (text ?? "").split(",")) {
    const [key, value] = pair.split("=").map((part) => part.trim());
    if (!key || value === undefined) continue;
    try {
      attributes[decodeURIComponent(key)] = decodeURIComponent(value);
    } catch {
      // A stray percent sign: OTel drops such a pair, too.
    }
  }
  return attributes;
}
