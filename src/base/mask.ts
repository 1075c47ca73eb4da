/**
 * A user's mask: gets each string of the content with its path (`inputs.messages.0.content`) and
 * gives what to keep. One that throws, or gives no string, masks the whole field.
 */
export type MaskText = (text: string, path: string) => string;

/** Stands where a secret stood. */
export const MASKED = "[masked]";

/**
 * Texts that are secrets wherever they stand, by their issuers' documented prefixes. Each begins
 * with letters of its own, not with a group: so V8 finds out fastest that there is none.
 */
const SECRET_TEXTS = [
  // OpenAI, Anthropic, OpenRouter and their like, Langfuse, xAI, GitLab, Slack
  ...["sk", "pk-lf", "xai", "glpat", "xox[abeoprs]"].map((issuer) => `${issuer}-[\\w-]{16,}`),
  // Groq, Hugging Face, Replicate, npm, GitHub, Stripe
  ...["gsk", "hf", "r8", "npm", "gh[pousr]", "github_pat", "[sr]k_live"].map(
    (issuer) => `${issuer}_\\w{16,}`,
  ),
  // Google, AWS
  "AIza[\\w-]{30,}",
  "A[KS]IA[A-Z0-9]{16}",
  // JSON web tokens, Authorization headers, private keys
  "eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}",
  "[Bb]earer [\\w.~+/-]{16,}=*",
  "BEGIN [A-Z ]*PRIVATE KEY-----[\\w+/=\\\\\\s-]{0,16000}?-----END [A-Z ]*PRIVATE KEY",
];

/**
 * No pattern can match a quote or end inside an escape, so masking JSON text leaves it valid.
 * Where a match starts is looked at apart: a look-behind would double the cost of every scan.
 */
const SECRET = new RegExp(SECRET_TEXTS.join("|"), "g");

/** Keys whose value is a secret whatever it looks like. */
const SECRET_KEY =
  /^(?:(?:proxy[-_]?)?authorization|(?:x[-_]?)?api[-_]?key|(?:access|refresh|id|auth)[-_]?token|client[-_]?secret|(?:secret|private)[-_]?key|password|passwd|(?:set[-_]?)?cookie|secret)$/i;

/** The text, plain or JSON, with every secret replaced; the same string when there is none. */
export function maskSecrets(text: string): string {
  if (text.search(SECRET) === -1) return text;
  return text.replace(SECRET, (secret, start: number) => {
    if (startsInsideWord(text, start)) return secret;
    // The first letter may belong to an escape: a line break before `pm_...` is no npm key.
    return text.charAt(start - 1) === "\\" ? secret.charAt(0) + MASKED : MASKED;
  });
}

/** True for `task-force-...`, where `sk-` is no prefix; an escape such as `\n` ends a word. */
function startsInsideWord(text: string, start: number): boolean {
  if (!/\w/.test(text.charAt(start - 1))) return false;
  return !/\\(?:[bfnrt]|u[0-9a-f]{4})$/.test(text.slice(Math.max(0, start - 6), start));
}

/** True for a key such as `api_key`, `Authorization` or `x-api-key`. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}
