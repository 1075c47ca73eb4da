/** Secrets of each kind that is masked, made up. `body` is the part that nobody may see. */
const body = (length = 40) => "Zq7Canary9".repeat(Math.ceil(length / 10)).slice(0, length);

const hex = "9c4a1e7f".repeat(5);

/** By kind: a text that holds a secret, and the secret. Put together so that no scanner minds. */
const FORMS: Readonly<Record<string, readonly [text: string, secret: string]>> = {
  OpenAI: known("sk-", `proj-${body()}`),
  Anthropic: known("sk-", `ant-api03-${body()}`),
  Langfuse: known("pk-", `lf-${body()}`),
  xAI: known("xai-", body()),
  Perplexity: known("pplx-", body()),
  Tavily: known("tvly-", body()),
  NVIDIA: known("nvapi-", body()),
  Groq: known("gsk_", body()),
  "Hugging Face": known("hf_", body()),
  Replicate: known("r8_", body()),
  Pinecone: known("pcsk_", body()),
  LangSmith: known("lsv2_", `pt_${body()}`),
  Supabase: known("sbp_", body()),
  npm: known("npm_", body()),
  PyPI: known("pypi-", body()),
  Docker: known("dckr_", `pat_${body()}`),
  "flowspan's server": known("fsk_", body()),
  GitHub: known("ghp_", body()),
  "GitHub, fine-grained": known("github_", `pat_${body()}`),
  GitLab: known("glpat-", body()),
  Slack: known("xoxb-", body()),
  "Slack app": known("xapp-", body()),
  Stripe: known("sk_", `live_${body()}`),
  "Stripe webhook": known("whsec_", body()),
  Google: known("AIza", body(35)),
  "Google OAuth": known("ya29.", body()),
  Shopify: known("shpat_", body()),
  DigitalOcean: known("dop_v1_", body()),
  Grafana: known("glsa_", body()),
  Sentry: known("sntrys_", body()),
  "New Relic": known("NRAK-", body()),
  Postman: known("PMAK-", body()),
  Notion: known("ntn_", body()),
  SendGrid: known("SG.", `${body(22)}.${body(43)}`),
  Vault: known("hvs.", body()),
  AWS: known("AKIA", "ZQ7CANARY9ZQ7CAN"),
  "a JSON web token": known("eyJ", `hbGciOiJIUzI1NiJ9.eyJ${body(30)}.${body()}`),
  "an Authorization header": known("Bearer ", body()),
  "a private key": [`-----BEGIN PRIVATE KEY-----\n${body()}\n-----END PRIVATE KEY-----`, body()],
  "a long private key": [
    `-----BEGIN RSA PRIVATE KEY-----\n${body(6_000)}\n-----END RSA PRIVATE KEY-----`,
    body(6_000),
  ],
  "a URL's key": [`https://api.test/v1?a=1&key=${hex}&b=2`, hex],
  "a URL's api_key": [`https://api.test/v1?api_key=${hex}`, hex],
  "a URL's access_token": [`https://api.test/v1?access_token=${hex}`, hex],
  "an AWS signed URL": [`https://s3.test/x?X-Amz-Date=1&X-Amz-Signature=${hex}`, hex],
  "an Azure signed URL": [`https://blob.test/x?sv=2024&sig=${hex}%3D`, hex],
  "a URL's password": [`postgres://app:${hex}@db.test:5432/app`, hex],
  "a named value": [`API_KEY=${hex} DEBUG=1`, hex],
  "JSON text in a text": [`{"api_key":"${hex}","x":1}`, hex],
  "a raw Cookie header": [`GET / HTTP/1.1\r\nCookie: sid=${hex}; theme=dark\r\n`, hex],
  "a raw Authorization header": [`Authorization: Basic ${hex}\r\nHost: x`, hex],
};

function known(prefix: string, rest: string): readonly [string, string] {
  return [`use ${prefix}${rest} now`, rest];
}

export interface Canary {
  readonly kind: string;
  readonly text: string;
  readonly secret: string;
}

export const CANARIES: readonly Canary[] = Object.entries(FORMS).map(([kind, [text, secret]]) => ({
  kind,
  text,
  secret,
}));

/** All of them in one text, a line each. */
export const ALL_CANARIES: string = CANARIES.map(({ text }) => text).join("\n");

/** The kinds whose secret can be read in what came out, as it is or inside of JSON text. */
export function leaksIn(seen: string): readonly string[] {
  return CANARIES.filter(({ secret }) => seen.includes(secret)).map(({ kind }) => kind);
}

/** Under these keys a value is a secret whatever it looks like. */
export const SECRET_HEADERS: Readonly<Record<string, string | string[]>> = {
  Authorization: `Digest ${hex}`,
  Cookie: `sid=${hex}`,
  "Set-Cookie": [`sid=${hex}; Path=/`, hex],
  "x-api-key": hex,
  "x-goog-api-key": hex,
  openaiApiKey: hex,
  DATABASE_PASSWORD: hex,
  aws_secret_access_key: hex,
  clientSecret: hex,
};
