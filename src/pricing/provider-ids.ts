/**
 * The price table's ids of providers that it calls otherwise than the Log API, OTel and the
 * instrumentations do. What is not named here goes by its own name.
 */
const IDS: ReadonlyMap<string, string> = new Map([
  ["amazon-bedrock", "aws"],
  ["amazon_bedrock", "aws"],
  ["aws.bedrock", "aws"],
  ["aws_bedrock", "aws"],
  ["bedrock", "aws"],
  ["az.ai.inference", "azure"],
  ["az.ai.openai", "azure"],
  ["azure.ai.inference", "azure"],
  ["azure.ai.openai", "azure"],
  ["azure-openai", "azure"],
  ["azure_openai", "azure"],
  ["openai_azure", "azure"],
  ["fireworks-ai", "fireworks"],
  ["fireworks_ai", "fireworks"],
  ["gcp.gemini", "google"],
  ["gcp.gen_ai", "google"],
  ["gcp.vertex_ai", "google"],
  ["gemini", "google"],
  ["google_genai", "google"],
  ["google_vertexai", "google"],
  ["vertex", "google"],
  ["vertex_ai", "google"],
  ["mistral_ai", "mistral"],
  ["mistralai", "mistral"],
  ["moonshot", "moonshotai"],
  ["moonshot_ai", "moonshotai"],
  ["together-ai", "together"],
  ["together_ai", "together"],
  ["togetherai", "together"],
  ["voyage", "voyageai"],
  ["x_ai", "x-ai"],
  ["xai", "x-ai"],
]);

/**
 * The price table's id of a provider.
 *
 * @param provider by any of its names, in any case; frameworks add which of its APIs is meant:
 *   `xai.chat`.
 */
export function providerId(provider: string): string {
  const name = provider.toLowerCase().trim();
  const plain = name.replace(/\..*$/, "");
  return IDS.get(name) ?? IDS.get(plain) ?? plain;
}
