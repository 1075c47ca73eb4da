/** What both hooks take. */
export interface FetchOptions {
  /**
   * Asks OpenAI's chat completions for the tokens of a streamed answer, where the program has not
   * said whether it wants them: `stream_options: { include_usage: true }`. The one event that comes
   * of it is kept from the program. Only done at `api.openai.com` and `usageHosts`, for requests
   * whose body is a string. Default: true.
   */
  readonly includeUsage?: boolean;
  /** More hosts that know `stream_options`, for example `"gateway.example.com"` or `"localhost:8000"`. */
  readonly usageHosts?: readonly string[];
}

/** Origins (`"https://api.example.com"`), patterns of whole URLs, or a function that is asked. */
export type PropagateTo = readonly (string | RegExp)[] | ((url: URL) => boolean);

/** What the hook on the global `fetch` takes. */
export interface InstrumentFetchOptions extends FetchOptions {
  /**
   * Where the trace goes on: these requests get W3C headers by OTel's propagators. Never those to
   * a provider. Default: nowhere, since other instrumentations usually do it.
   */
  readonly propagateTo?: PropagateTo;
}

/** Options, checked and put in order once. */
export interface FetchSettings {
  readonly includeUsage: boolean;
  readonly usageHosts: ReadonlySet<string>;
  /** Whether a request to this URL carries the trace on. */
  readonly propagates: ((url: URL) => boolean) | undefined;
}

const OPENAI_HOST = "api.openai.com";

/**
 * Checks a hook's options.
 *
 * @throws TypeError that names the option, what was expected and what came.
 */
export function resolveFetchOptions(options: InstrumentFetchOptions = {}): FetchSettings {
  const { includeUsage = true, usageHosts = [], propagateTo } = options;
  return {
    includeUsage,
    usageHosts: new Set([OPENAI_HOST, ...usageHosts]),
    propagates: propagateTo && resolvePropagateTo(propagateTo),
  };
}

function resolvePropagateTo(propagateTo: PropagateTo): (url: URL) => boolean {
  if (typeof propagateTo === "function") return propagateTo;
  const origins = new Set<string>();
  const patterns: RegExp[] = [];
  for (const entry of propagateTo) {
    if (typeof entry === "string") origins.add(originOf(entry));
    // A global pattern would remember where it left off.
    else patterns.push(new RegExp(entry.source, entry.flags.replace(/[gy]/g, "")));
  }
  return (url) => origins.has(url.origin) || patterns.some((pattern) => pattern.test(url.href));
}

function originOf(text: string): string {
  if (!URL.canParse(text)) {
    throw new TypeError(
      `instrumentFetch(): option propagateTo: expected an origin such as "https://api.example.com", got another text. Use a RegExp for patterns.`,
    );
  }
  return new URL(text).origin;
}
