import { loadPrices, loadTokenEstimate } from "../../../src/pricing/index.ts";
import type { ProjectionOptions } from "../domain/projection/project-trace.ts";
import type { ErrorListener } from "./errors.ts";
import { findWrongFields } from "./schemas/wrong-fields.ts";

/**
 * How spans become logs, with the prices of models and an estimate of tokens, which are loaded the
 * first time that somebody asks. What can't be loaded is told to `onError` once, and left out.
 */
export function createProjection(onError: ErrorListener): () => Promise<ProjectionOptions> {
  const orNothing = (error: unknown): undefined => void onError(error);
  const load = async (): Promise<ProjectionOptions> => {
    const price = await loadPrices().catch(orNothing);
    const estimateTokens = await loadTokenEstimate().catch(orNothing);
    return { assemble: { price, estimateTokens }, findWrongFields };
  };
  let loading: Promise<ProjectionOptions> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
