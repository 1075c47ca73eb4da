/** Providers by OTel's `gen_ai.provider.name`, older names included, to the Log API's. */
const LOG_API_NAMES: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  "aws.bedrock": "bedrock",
  "az.ai.inference": "openai_azure",
  "az.ai.openai": "openai_azure",
  "azure.ai.inference": "openai_azure",
  "azure.ai.openai": "openai_azure",
  cohere: "cohere",
  deepseek: "deepseek",
  "gcp.gemini": "google",
  "gcp.gen_ai": "google",
  "gcp.vertex_ai": "google",
  gemini: "google",
  groq: "groq",
  openai: "openai",
  replicate: "replicate",
  vertex_ai: "google",
};

/** The Log API's name for a provider by OTel's name; `undefined` where it has none. */
export function logApiProvider(providerName: string): string | undefined {
  return Object.hasOwn(LOG_API_NAMES, providerName) ? LOG_API_NAMES[providerName] : undefined;
}
