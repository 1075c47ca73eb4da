import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";

type ExportCallback = Parameters<SpanExporter["export"]>[1];

const TRACES_PATH = "/v1/traces";
const FAILED = 1;

/**
 * OTel's OTLP exporter over HTTP, loaded with the first spans. Without a URL it reads OTel's own
 * environment variables.
 */
export function createLazyOtlpExporter(otlpUrl: string | undefined): SpanExporter {
  let loading: Promise<SpanExporter> | undefined;
  const load = (): Promise<SpanExporter> => {
    loading ??= import("@opentelemetry/exporter-trace-otlp-http").then(
      ({ OTLPTraceExporter }) =>
        new OTLPTraceExporter(otlpUrl === undefined ? {} : { url: tracesUrl(otlpUrl) }),
    );
    return loading;
  };
  return {
    export(spans: ReadableSpan[], resultCallback: ExportCallback): void {
      load().then(
        (exporter) => exporter.export(spans, resultCallback),
        (error: unknown) => {
          resultCallback({
            code: FAILED,
            error: error instanceof Error ? error : new Error(String(error)),
          });
        },
      );
    },
    async forceFlush(): Promise<void> {
      await (await loading)?.forceFlush?.();
    },
    async shutdown(): Promise<void> {
      await (await loading)?.shutdown();
    },
  };
}

/** An endpoint's URL is completed as OTel completes `OTEL_EXPORTER_OTLP_ENDPOINT`. */
function tracesUrl(otlpUrl: string): string {
  const url = otlpUrl.replace(/\/+$/, "");
  return url.endsWith(TRACES_PATH) ? url : url + TRACES_PATH;
}
