/** Where a local `flowspan serve` listens. */
export const DEFAULT_API_URL = "http://127.0.0.1:4319/v5";

const DEFAULT_PATH = "/v5";

/** A Log API's address, taken apart. */
export interface ApiUrl {
  readonly origin: string;
  /** Starts with a slash and has none at its end; `""` is not possible, see `readApiUrl`. */
  readonly basePath: string;
  /** True for an address of this machine. */
  readonly isLoopback: boolean;
}

/**
 * Reads a Log API's URL. One without a path gets `/v5`; slashes at the end don't matter.
 *
 * @throws TypeError where it is no http(s) URL, or carries credentials, a query or a fragment.
 */
export function readApiUrl(url: string, where: string): ApiUrl {
  const parsed = parse(url);
  const isHttp = parsed?.protocol === "http:" || parsed?.protocol === "https:";
  if (!parsed || !isHttp) {
    throw new TypeError(
      `${where}: expected an http:// or https:// URL, got ${JSON.stringify(url)} (string). Give the Log API's address, for example ${DEFAULT_API_URL}.`,
    );
  }
  if (parsed.username || parsed.password || parsed.search || parsed.hash) {
    throw new TypeError(
      `${where}: expected a URL without credentials, query and fragment, got more for ${parsed.origin} (string). Give the key by apiKey.`,
    );
  }
  const path = parsed.pathname.replace(/\/+$/, "");
  return {
    origin: parsed.origin,
    basePath: path === "" ? DEFAULT_PATH : path,
    isLoopback: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed.hostname),
  };
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
