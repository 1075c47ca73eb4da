/**
 * The Log API's name of a provider, by the name that a span or a framework has for it: `azure.ai.openai`,
 * `google.generative-ai`, `amazon-bedrock`. `undefined` for a provider that the Log API has no name for.
 */
export function logApiProvider(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll("-", "_");
  // Frameworks add which of the provider's APIs is meant: `openai.chat`.
  return PROVIDERS.get(plain) ?? PROVIDERS.get(plain.replace(/\..*$/, ""));
}

const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["amazon_bedrock", "bedrock"],
  ["anthropic", "anthropic"],
  ["aws", "bedrock"],
  ["aws.bedrock", "bedrock"],
  ["aws_bedrock", "bedrock"],
  ["az.ai.inference", "openai_azure"],
  ["az.ai.openai", "openai_azure"],
  ["azure", "openai_azure"],
  ["azure.ai.inference", "openai_azure"],
  ["azure.ai.openai", "openai_azure"],
  ["azure_openai", "openai_azure"],
  ["bedrock", "bedrock"],
  ["bedrock_converse", "bedrock"],
  ["cohere", "cohere"],
  ["deepseek", "deepseek"],
  ["gcp.gemini", "google"],
  ["gcp.gen_ai", "google"],
  ["gcp.vertex_ai", "google"],
  ["gcp.vertex.agent", "google"],
  ["gemini", "google"],
  ["google", "google"],
  ["google_genai", "google"],
  ["google_gla", "google"],
  ["google_vertex", "google"],
  ["google_vertexai", "google"],
  ["groq", "groq"],
  ["mock", "mock"],
  ["openai", "openai"],
  ["openai_azure", "openai_azure"],
  ["replicate", "replicate"],
  ["vertex", "google"],
  ["vertex_ai", "google"],
  ["vertexai", "google"],
]);
