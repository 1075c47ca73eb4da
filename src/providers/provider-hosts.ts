/**
 * Providers' own hosts (each with its subdomains), by OTel's `gen_ai.provider.name`. Names that the
 * conventions do not list are made in their manner.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/
 */
const HOSTS: readonly (readonly [suffix: string, providerName: string])[] = [
  ["api.openai.com", "openai"],
  ["openai.azure.com", "azure.ai.openai"],
  ["cognitiveservices.azure.com", "azure.ai.openai"],
  ["services.ai.azure.com", "azure.ai.inference"],
  ["models.ai.azure.com", "azure.ai.inference"],
  ["api.anthropic.com", "anthropic"],
  ["generativelanguage.googleapis.com", "gcp.gemini"],
  ["aiplatform.googleapis.com", "gcp.vertex_ai"],
  ["amazonaws.com", "aws.bedrock"],
  ["api.groq.com", "groq"],
  ["api.cohere.com", "cohere"],
  ["api.cohere.ai", "cohere"],
  ["api.deepseek.com", "deepseek"],
  ["api.mistral.ai", "mistral_ai"],
  ["api.perplexity.ai", "perplexity"],
  ["api.x.ai", "x_ai"],
  ["openrouter.ai", "openrouter"],
  ["api.together.xyz", "together_ai"],
  ["api.together.ai", "together_ai"],
  ["api.fireworks.ai", "fireworks_ai"],
  ["api.cerebras.ai", "cerebras"],
  ["api.replicate.com", "replicate"],
  ["router.huggingface.co", "hugging_face"],
  ["snowflakecomputing.com", "snowflake"],
  ["ollama.com", "ollama"],
];

/**
 * The provider behind a URL whose path and body have already shown which API it speaks; a hint by
 * the host alone. `undefined` for a host that anybody may run.
 */
export function providerOfHost({ hostname }: URL): string | undefined {
  return HOSTS.find(
    // Vertex names its regions in front, with a hyphen.
    ([suffix]) =>
      hostname === suffix ||
      (/[.-]/.test(hostname.at(-suffix.length - 1) ?? "") && hostname.endsWith(suffix)),
  )?.[1];
}
