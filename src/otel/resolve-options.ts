import { checkApiKey } from "../client/api-key.ts";
import type { ApiUrl } from "../client/api-url.ts";
import { DEFAULT_API_URL, readApiUrl } from "../client/api-url.ts";
import type { FlowspanOptions } from "./flowspan-options.ts";
import { expectKnown, OptionReader } from "./option-reader.ts";

/** Options that may stay open. */
type OpenOption = "apiKey" | "environment" | "mask" | "keep" | "spoolDir" | "waitUntil";

/** What holds where neither an option nor the environment says otherwise. */
export const DEFAULTS: Readonly<Required<Omit<FlowspanOptions, OpenOption>>> = {
  url: DEFAULT_API_URL,
  content: "span",
  semconvContent: false,
  maxFieldBytes: 1024 * 1024,
  maxQueueBytes: 64 * 1024 * 1024,
  maxSpoolBytes: 512 * 1024 * 1024,
  openTraceMillis: 2_000,
  live: false,
  acceptRemoteParent: true,
  prices: true,
  lateSpanMillis: 1_000,
  requestTimeoutMillis: 30_000,
  flushTimeoutMillis: 30_000,
  shutdownTimeoutMillis: 10_000,
};

const CONTENT_MODES = ["span", "log", "none"] as const;
const MIN_FIELD_BYTES = 64;
const MIN_QUEUE_BYTES = 64 * 1024;
const MIN_SPOOL_BYTES = 1024 * 1024;
/** Node's timers take no longer time. */
const MAX_MILLIS = 2 ** 31 - 1;

/** Every option that exists, with what it takes where it may stay open. */
export interface ResolvedOptions
  extends Required<Omit<FlowspanOptions, "url" | "live" | OpenOption>>,
    Pick<FlowspanOptions, OpenOption> {
  readonly url: ApiUrl;
  /** By the environment: nothing is recorded and nothing sent. */
  readonly isDisabled: boolean;
}

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks the options and fills in the environment and the defaults.
 *
 * @throws TypeError or RangeError that names the option or variable, what was expected and what
 * came; never the key's value.
 */
export function resolveOptions(
  where: string,
  user: FlowspanOptions,
  environment: Environment,
): ResolvedOptions {
  expectKnown(where, user, OPTION_NAMES);
  const read = new OptionReader(where, user, environment);
  const apiKey = read.given("apiKey", "FLOWSPAN_API_KEY");
  checkApiKey(apiKey.value, `${where}: ${apiKey.name}`);
  const url = read.text("url", "FLOWSPAN_URL");
  const isLive = read.flag("live", DEFAULTS.live);
  const openTraceMillis = read.number("openTraceMillis", DEFAULTS.openTraceMillis, 0, MAX_MILLIS);
  const keep = read.callback("keep") as FlowspanOptions["keep"];
  if (keep !== undefined && (isLive || user.openTraceMillis !== undefined)) {
    throw new TypeError(
      `${where}: keep: expected no live and no openTraceMillis beside it, got one of them (option). Leave it out: keep chooses by the finished trace, so none is sent while it is open.`,
    );
  }
  const millis = (name: Extract<keyof typeof DEFAULTS, `${string}Millis`>, min: number): number =>
    read.number(name, DEFAULTS[name], min, MAX_MILLIS);
  return {
    url: readApiUrl(url.value ?? DEFAULTS.url, `${where}: ${url.name}`),
    apiKey: apiKey.value as string | undefined,
    environment: read.text("environment", "FLOWSPAN_ENVIRONMENT").value,
    content: read.choice("content", "FLOWSPAN_CONTENT", CONTENT_MODES) ?? DEFAULTS.content,
    semconvContent: read.flag("semconvContent", DEFAULTS.semconvContent),
    mask: read.callback("mask") as FlowspanOptions["mask"],
    maxFieldBytes: read.bytes("maxFieldBytes", DEFAULTS.maxFieldBytes, MIN_FIELD_BYTES),
    maxSpoolBytes: read.bytes("maxSpoolBytes", DEFAULTS.maxSpoolBytes, MIN_SPOOL_BYTES),
    spoolDir: user.spoolDir === false ? false : read.text("spoolDir", "FLOWSPAN_SPOOL_DIR").value,
    waitUntil: read.callback("waitUntil") as FlowspanOptions["waitUntil"],
    maxQueueBytes: read.bytes("maxQueueBytes", DEFAULTS.maxQueueBytes, MIN_QUEUE_BYTES),
    keep,
    acceptRemoteParent: read.flag("acceptRemoteParent", DEFAULTS.acceptRemoteParent),
    prices: read.flag("prices", DEFAULTS.prices),
    openTraceMillis: keep ? Number.POSITIVE_INFINITY : isLive ? 0 : openTraceMillis,
    lateSpanMillis: millis("lateSpanMillis", 0),
    requestTimeoutMillis: millis("requestTimeoutMillis", 1),
    flushTimeoutMillis: millis("flushTimeoutMillis", 1),
    shutdownTimeoutMillis: millis("shutdownTimeoutMillis", 1),
    isDisabled: isSet(environment.FLOWSPAN_DISABLED) || isSet(environment.OTEL_SDK_DISABLED),
  };
}

/** Typed so that no name of `FlowspanOptions` can be missing. */
export const OPTION_NAMES: Readonly<Record<keyof FlowspanOptions, true>> = {
  url: true,
  apiKey: true,
  environment: true,
  content: true,
  semconvContent: true,
  mask: true,
  keep: true,
  maxFieldBytes: true,
  maxQueueBytes: true,
  maxSpoolBytes: true,
  spoolDir: true,
  waitUntil: true,
  openTraceMillis: true,
  live: true,
  acceptRemoteParent: true,
  prices: true,
  lateSpanMillis: true,
  requestTimeoutMillis: true,
  flushTimeoutMillis: true,
  shutdownTimeoutMillis: true,
};

function isSet(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === "true" || value?.trim() === "1";
}
