/**
 * A user's mask: gets each string of the content with its path (`inputs.messages.0.content`) and
 * gives what to keep. One that throws, or gives no string, masks the whole field.
 */
export type MaskText = (text: string, path: string) => string;

/** Stands where a secret stood. */
export const MASKED = "[masked]";

/**
 * Texts that are secrets wherever they stand, by their issuers' documented prefixes: the prefix,
 * and what follows it. Each begins with letters, so that V8 finds out fastest that there is none.
 */
const SECRET_TEXTS = [
  // OpenAI, Anthropic, OpenRouter and their like, Langfuse, xAI, GitLab, Slack
  ...["sk-", "pk-lf-", "xai-", "glpat-", "xox[abeoprs]-"].map((prefix) => [prefix, "[\\w-]{16,}"]),
  // flowspan's server, Groq, Hugging Face, Replicate, npm, GitHub, Stripe
  ...["fsk_", "gsk_", "hf_", "r8_", "npm_", "gh[pousr]_", "github_pat_", "[sr]k_live_"].map(
    (prefix) => [prefix, "\\w{16,}"],
  ),
  // Google, AWS
  ["AIza", "[\\w-]{30,}"],
  ["A[KS]IA", "[A-Z0-9]{16}"],
  // JSON web tokens, Authorization headers, private keys
  ["eyJ", "\\w{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}"],
  ["[Bb]earer ", "[\\w.~+/-]{16,}=*"],
  [
    "BEGIN [A-Z ]{0,20}PRIVATE KEY-----",
    "(?:[\\w+/=\\\\\\s:,]|-(?!----)){0,16000}-----END [A-Z ]{0,20}PRIVATE KEY",
  ],
];

/**
 * No pattern can match a quote or end inside an escape, so masking JSON text leaves it valid.
 *
 * In `task-force-...` `sk-` is no prefix, while an escape such as `\n` ends a word. That is looked
 * at once the prefix is found: before it, it would double the cost of every scan. Nor can two
 * matches begin in one word, which keeps a text of `eyJeyJeyJ...` linear.
 */
const SECRET = new RegExp(
  SECRET_TEXTS.map(
    ([prefix, rest]) => `${prefix}(?<!(?<!\\\\|\\\\u[\\da-f]{3})\\w${prefix})${rest}`,
  ).join("|"),
  "g",
);

/** Keys whose value is a secret whatever it looks like. */
const SECRET_KEY =
  /^(?:(?:proxy[-_]?)?authorization|(?:x[-_]?)?api[-_]?key|(?:access|refresh|id|auth)[-_]?token|client[-_]?secret|(?:secret|private)[-_]?key|password|passwd|(?:set[-_]?)?cookie|secret)$/i;

/** The text, plain or JSON, with every secret replaced; the same string when there is none. */
export function maskSecrets(text: string): string {
  if (text.search(SECRET) === -1) return text;
  return text.replace(SECRET, (secret, start: number) =>
    // The first letter may belong to an escape: a line break before `pm_...` is no npm key.
    text.charAt(start - 1) === "\\" ? secret.charAt(0) + MASKED : MASKED,
  );
}

/** True for a key such as `api_key`, `Authorization` or `x-api-key`. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}
