/** One metric as it stands now. */
export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  /** What it counts, in one line. */
  readonly help: string;
  /** One value, or one for each set of labels, such as `route="/v5/flows"`. */
  readonly value: number | ReadonlyMap<string, number>;
}

/** The media type of {@link toPrometheusText}. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Writes metrics as Prometheus reads them. Labels are taken as they are: they must hold no quote,
 * backslash or line break.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function toPrometheusText(metrics: readonly Metric[]): string {
  return metrics.map(toText).join("");
}

function toText({ name, type, help, value }: Metric): string {
  const samples =
    typeof value === "number"
      ? [`${name} ${value}\n`]
      : [...value].map(([labels, each]) => `${name}{${labels}} ${each}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join("")}`;
}
