/**
 * A user's mask: gets each string of the content with its path (`inputs.messages.0.content`) and
 * gives what to keep. One that throws, or gives no string, masks the whole field.
 */
export type MaskText = (text: string, path: string) => string;

/** Stands where a secret stood. */
export const MASKED = "[masked]";

/**
 * Texts that are secrets wherever they stand. None of the patterns can match a quote or a
 * backslash, so that masking JSON text keeps it valid.
 */
const SECRET =
  /\b(?:sk-(?:ant-|proj-|or-|lf-)?[A-Za-z0-9_-]{16,}|pk-lf-[A-Za-z0-9-]{16,}|gsk_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}|AIza[A-Za-z0-9_-]{30,}|(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{30,}|(?:sk|rk)_live_[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})|\b[Bb]earer [A-Za-z0-9._~+/-]{16,}=*|-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\\nr\s-]*?-----END [A-Z ]*PRIVATE KEY-----/g;

/** Keys whose value is a secret whatever it looks like. Compared without case, `-` and `_`. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  "authorization",
  "proxyauthorization",
  "apikey",
  "xapikey",
  "accesstoken",
  "refreshtoken",
  "idtoken",
  "clientsecret",
  "secretkey",
  "privatekey",
  "password",
  "passwd",
  "cookie",
  "setcookie",
  "secret",
]);

/** The text with every secret replaced; the same string when there is none. */
export function maskSecrets(text: string): string {
  SECRET.lastIndex = 0;
  return SECRET.test(text) ? text.replace(SECRET, MASKED) : text;
}

/** True for a key such as `api_key`, `Authorization` or `x-api-key`. */
export function isSecretKey(key: string): boolean {
  const length = key.length;
  if (length < 6 || length > 24) return false;
  return SECRET_KEYS.has(key.toLowerCase().replace(/[-_]/g, ""));
}
