/** TEMP */
const PATHS =
  /\/(?:completions|responses|messages|embeddings?|embed|chat|generate)\/?$|:(?:stream)?generateContent$|:(?:batch)?embedContents?$/i;

export function mayBeProviderUrl(url: URL): boolean {
  return PATHS.test(url.pathname);
}
