/**
 * Checks an API key before it is used. The message never shows it.
 *
 * @throws TypeError where it is no text that an HTTP header can carry.
 */
export function checkApiKey(apiKey: unknown, where: string): void {
  if (apiKey === undefined) return;
  if (typeof apiKey === "string" && /^[\x21-\x7e]+$/.test(apiKey)) return;
  const got = typeof apiKey === "string" ? "text with other characters" : "something else";
  throw new TypeError(
    `${where}: expected printable ASCII without spaces, got ${got} (${typeof apiKey}). Check the key for line ends and quotes.`,
  );
}
