/**
 * A user's mask: gets each string of the content with its path (`inputs.messages.0.content`) and
 * gives what to keep. One that throws, or gives no string, masks the whole field.
 */
export type MaskText = (text: string, path: string) => string;

/** Stands where a secret stood. */
export const MASKED = "[masked]";

/**
 * What the issuers' documented prefixes begin, at a word's start. Each ends in `-`, `_` or a dot:
 * those are rare, so a text without secrets is gone through fast, however many prefixes there are.
 */
const PREFIXES = [
  // OpenAI, Anthropic, OpenRouter and their like, Langfuse, xAI, Perplexity, Tavily, NVIDIA, PyPI
  "(?:sk|pk-lf|xai|pplx|tvly|nvapi|pypi",
  // GitLab, Slack, Google, New Relic, Postman
  "gl(?:pat|[dr]t|ptt|cbt)|xox[abeoprs]|xapp|GOCSPX|NRAK|PMAK)-",
  // Groq, Hugging Face, Replicate, Pinecone, LangSmith, Supabase, npm, Docker, flowspan's server
  "(?:gsk|hf|r8|pcsk|lsv2_[ps][kt]|sbp|sb_secret|npm|dckr_pat|fsk",
  // GitHub, Stripe, Shopify, DigitalOcean, Grafana, Sentry, Notion
  "gh[pousr]|github_pat|[rs]k_(?:live|test)|whsec|shp(?:at|[cp]a|ss)|do[opr]_v1|gl(?:c|sa)|sntr[uy]s|ntn)_",
  // Google, SendGrid, Vault
  "(?:ya29|SG|hv[bs])\\.",
].join("|");

/** Finds out fast that there is no secret; each that `SECRET` finds has such a place in it. */
const MAYBE_SECRET = new RegExp(
  `[-_.](?<=${PREFIXES})[\\w-]{16}|\\.eyJ|AIza|A[BKS]IA|earer |KEY----`,
);

/**
 * Texts that are secrets wherever they stand. No match can hold a quote or end inside an escape,
 * so masking JSON text leaves it valid.
 *
 * In `task-force-...` `sk-` is no prefix, while an escape such as `\n` ends a word. Nor can two
 * matches begin in one word, which keeps a text of `eyJeyJeyJ...` linear.
 */
const SECRET = new RegExp(
  `(?<!(?<!\\\\|\\\\u[\\da-f]{3})\\w)(?:${[
    `(?:${PREFIXES})[\\w-]{16,}(?:\\.[\\w-]{16,})*`,
    // Google, AWS
    "AIza[\\w-]{30,}",
    "A[BKS]IA[A-Z0-9]{16}",
    // JSON web tokens, Authorization headers, private keys
    "eyJ\\w{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}",
    "[Bb]earer [\\w.~+/-]{16,}=*",
    "BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[\\w+/=\\\\\\s:,]|-(?!----)){0,16000}-----END [A-Z ]{0,20}PRIVATE KEY",
  ].join("|")})`,
  "g",
);

/** What the name of a secret ends in. */
const NAMES =
  "authorization|api[-_]?key|(?:access|refresh|auth|session|security|bearer|(?:\\b|_)id)[-_]?token|(?:secret|private|access|account|subscription)[-_]?key|password|passwd|passphrase|cookie|secret";

/** A key whose value is a secret whatever it looks like. */
const SECRET_KEY = new RegExp(`(?:${NAMES})$`, "i");

/** What is no quote of this depth. */
const IN_TEXT = '(?:[^"\\\\]|\\\\+[^"\\\\])';

/**
 * A secret that a text names: in a URL's query or a form (`?key=...`, `password=...`), as a URL's
 * password, in JSON text inside of a text, as a header of a raw request. What is found begins at
 * the sign before the secret.
 *
 * It holds no quote but one that JSON text inside of JSON text has escaped, and ends in no escape.
 */
const NAMED_SECRET = new RegExp(
  [
    `=(?<=(?:[?&;]|u0026)(?:[\\w-]{0,40}(?:${NAMES}|signature)|key|token|sig)=)[^\\s"'\\\\&,;<>]+`,
    // In a program's text it may be no more than an argument's name.
    `=(?<=(?:${NAMES})=)(?=[^\\s"'\\\\&,;<>]{0,99}\\d)[^\\s"'\\\\&,;<>]{6,}`,
    `:(?<=://[^\\s/?#"'@:\\\\]{0,100}:)[^\\s/?#"'@\\\\]+(?=@)`,
    // Of a list, all: what is no key of the next member belongs to it.
    `:(?<=(?:${NAMES})(\\\\*") ?:) ?(\\[?)\\1(?:${IN_TEXT}|\\1, ?\\1(?!${IN_TEXT}*\\1 ?:))+`,
    `:(?<=(?:authorization|cookie):) ?(?:(?:basic|digest|token|aws4-hmac-sha256) |[\\w.-]+=)[^"\\\\\\r\\n]+`,
  ].join("|"),
  "gi",
);

/** The text, plain or JSON, with every secret replaced; the same string when there is none. */
export function maskSecrets(text: string): string {
  const named = text.replace(
    NAMED_SECRET,
    (found, quote: string = "", opens: string = "") => found[0] + opens + quote + MASKED,
  );
  if (named.search(MAYBE_SECRET) === -1) return named;
  return named.replace(SECRET, (secret, start: number) =>
    // The first letter may belong to an escape: a line break before `pm_...` is no npm key.
    named.charAt(start - 1) === "\\" ? secret.charAt(0) + MASKED : MASKED,
  );
}

/** True for a key such as `api_key`, `Authorization` or `x-api-key`. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}
