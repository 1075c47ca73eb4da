import { describe, expect, it } from "vitest";
import { isSecretKey, maskSecrets } from "../../src/base/mask.ts";

// Made up, of the documented shapes; put together here so that no scanner takes them for real.
const SECRETS = [
  ["OpenAI", `sk-${"proj-"}${"Ab1_".repeat(10)}`],
  ["Anthropic", `sk-${"ant-api03-"}${"Ab1-".repeat(10)}`],
  ["Langfuse", `pk-lf-${"0a1b2c3d-".repeat(3)}`],
  ["xAI", `xai-${"Ab1".repeat(10)}`],
  ["GitLab", `glpat-${"Ab1_".repeat(6)}`],
  ["Slack", `xoxb-${"1234567890-".repeat(3)}`],
  ["flowspan's server", `fsk_${"Ab1".repeat(15)}`],
  ["Groq", `gsk_${"Ab1".repeat(10)}`],
  ["Hugging Face", `hf_${"Ab1".repeat(10)}`],
  ["npm", `npm_${"Ab1".repeat(12)}`],
  ["GitHub", `ghp_${"Ab1".repeat(12)}`],
  ["GitHub, fine-grained", `github_pat_${"Ab1_".repeat(12)}`],
  ["Stripe", `sk_live_${"Ab1".repeat(8)}`],
  ["Google", `AIza${"Ab1_-".repeat(7)}`],
  ["AWS", `AKIA${"AB12".repeat(4)}`],
  ["a JSON web token", `eyJ${"hbGci0".repeat(3)}.eyJ${"zdWIi0".repeat(3)}.${"Ab1_-".repeat(4)}`],
  ["an Authorization header", `Bearer ${"Ab1.".repeat(6)}==`],
  [
    "a private key",
    `-----BEGIN RSA PRIVATE KEY-----\n${"Ab1+/".repeat(9)}\n-----END RSA PRIVATE KEY-----`,
  ],
] as const;

describe("maskSecrets", () => {
  it.each(SECRETS)("masks the key of %s, alone, in text and in JSON text", (_issuer, secret) => {
    // A private key's own dashes stay.
    const masked = (text: string) => maskSecrets(text).replace("-----[masked]-----", "[masked]");
    expect(masked(secret)).toBe("[masked]");
    expect(masked(`use ${secret}, please`)).toBe("use [masked], please");
    for (const value of [{ a: secret }, `\n${secret}\n`, [`\u0001${secret}`]]) {
      const text = maskSecrets(JSON.stringify(value));
      expect(text).toContain("[masked]");
      expect(JSON.stringify(JSON.parse(text))).toBe(text);
    }
  });

  it.each(["\bearer ", "\npm_", "\r8_"])(
    "leaves JSON text valid where an escape starts %j",
    (start) => {
      const masked = maskSecrets(JSON.stringify({ a: `${start}${"Ab1".repeat(10)}` }));

      expect(() => JSON.parse(masked)).not.toThrow();
    },
  );

  it.each([
    "task-management-and-more-words-here",
    "desk-organiser-with-many-parts",
    "a bearer of good and long-lasting news",
    "sk-short",
    "eyJ.eyJ.x",
    "the sketch_live_performance_was_good",
  ])("leaves %s alone", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it.each(["task-", "desk-organiser-"])("masks a secret behind %s", (start) => {
    const secret = `sk-${"ant-api03-"}${"Ab1-".repeat(10)}`;

    expect(maskSecrets(`${start}${secret} end`)).not.toContain("Ab1");
  });

  it("masks a private key with headers of its own", () => {
    const headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n";
    const key = `BEGIN RSA PRIVATE KEY-----\n${headers}${"Ab1+/".repeat(9)}\n-----END RSA PRIVATE KEY`;

    expect(maskSecrets(`-----${key}-----`)).toBe("-----[masked]-----");
  });

  it.each([
    ["https://a.test/?key=abc&x=1", "https://a.test/?key=[masked]&x=1"],
    ["a\\u0026sig=abc%2B\\u0026z", "a\\u0026sig=[masked]\\u0026z"],
    ["?X-Amz-Signature=ab12&y", "?X-Amz-Signature=[masked]&y"],
    ["postgres://app:pass@db:5432/x", "postgres://app:[masked]@db:5432/x"],
    ["DB_PASSWORD=hunter22 next", "DB_PASSWORD=[masked] next"],
    ['{"api_key":"a b","x":1}', '{"api_key":"[masked]","x":1}'],
    ["Cookie: a=b; c=d\r\nHost: x", "Cookie:[masked]\r\nHost: x"],
    ["authorization: Basic QWxh\nHost: x", "authorization:[masked]\nHost: x"],
  ])("masks what a text names: %s", (text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
  });

  it.each([
    "https://a.test:8080/p@q?page=key",
    "client(api_key=api_key, password=os.environ)",
    "Authorization: the process of letting somebody in",
    "the password: something that you know",
    "monkey=banana&turkey=yes",
    '{"max_tokens":"100","token":"the"}',
  ])("names no secret: %s", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it("leaves JSON text valid wherever a text in it names a secret", () => {
    const inner = JSON.stringify({ api_key: 'a "b" \\ \n c', password: "\u0001" });
    const texts = [
      inner,
      inner.slice(0, 12),
      "?key=",
      '{"password":',
      "a:b@c",
      '\\"secret":"',
      "cookie: a=",
    ];
    for (const first of texts) {
      for (const second of texts) {
        const text = JSON.stringify([
          first,
          { [second]: [first + second, JSON.stringify(second)] },
        ]);
        expect(() => JSON.parse(maskSecrets(text))).not.toThrow();
      }
    }
  });

  // What is tried anew at each of its pieces takes minutes for a text of this length.
  it.each([
    ...["sk-", "pk-lf-", "xai-", "glpat-", "xoxb-", "gsk_", "npm_", "ghp_", "sk_live_", "AIza"],
    ...["AKIA", "AKIAA", "Bearer ", "Bearer =", "eyJ", "-eyJ", "eyJ-", "eyJaaaaaaaaaaa."],
    ...["eyJaaaaaaaaaaa.eyJ", "eyJaaaaaaaaaaa.eyJ-", "\\u0000eyJ", "\\", "\\u000", "aaaa"],
    ...[
      "BEGIN ",
      "BEGINBEGIN",
      "BEGIN A",
      "PRIVATE KEY",
      "-----BEGIN PRIVATE KEY-----",
      "-",
      "--A",
    ],
    ...["=", ":", "?key=", "password=", "password=a", "://a:", "://", "cookie:", "cookie:a"],
    ...['\\\\":', "\\\\\\\\", "SG.", "ya29."],
    ...["BEGIN PRIVATE KEY----- \\n", `BEGIN PRIVATE KEY-----${"A".repeat(16_001)}`],
  ])("comes back from 2 MB of %j", (piece) => {
    const text = piece.repeat(2_000_000 / piece.length);

    expect(maskSecrets(`${text} end`)).toContain("end");
  });
});

describe("isSecretKey", () => {
  it.each([
    "api_key",
    "apiKey",
    "X-API-Key",
    "Authorization",
    "password",
    "set-cookie",
    "client_secret",
    "refreshToken",
    "OPENAI_API_KEY",
    "x-goog-api-key",
    "dbPassword",
    "user_id_token",
  ])("%s is one", (key) => expect(isSecretKey(key)).toBe(true));
  it.each([
    "max_tokens",
    "token",
    "key",
    "author",
    "cookies_policy",
    "passwords_changed",
    "grid_token",
  ])("%s is none", (key) => expect(isSecretKey(key)).toBe(false));
});
