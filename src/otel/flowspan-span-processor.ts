import type { FlowspanOptions } from "./flowspan-options.ts";
import { Pipeline } from "./pipeline.ts";
import { PipelineProcessor } from "./pipeline-processor.ts";
import { resolveOptions } from "./resolve-options.ts";

/**
 * Sends the logs of an existing OpenTelemetry setup to a Log API. Fits the `SpanProcessor` of SDK
 * 1.30, 2.x and 3.x.
 *
 * - Only sampled spans count; shared spans are never changed.
 * - `onStart` and `onEnd` never throw and never wait.
 * - `forceFlush` leaves it usable; `shutdown` is idempotent, has a deadline and sends first.
 * - With `FLOWSPAN_DISABLED` or `OTEL_SDK_DISABLED` it does nothing.
 *
 * @throws TypeError or RangeError from the constructor for an option that can't be used.
 * @example new NodeSDK({ spanProcessors: [yours, new FlowspanSpanProcessor()] });
 */
export class FlowspanSpanProcessor extends PipelineProcessor {
  constructor(options: FlowspanOptions = {}) {
    const resolved = resolveOptions("FlowspanSpanProcessor", options, process.env);
    super(resolved.isDisabled ? undefined : new Pipeline(resolved, true));
  }
}
