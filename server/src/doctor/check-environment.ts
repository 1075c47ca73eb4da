import { accessSync, constants, existsSync } from "node:fs";
import { resolveStartOptions } from "../../../src/node/start-options.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the variables can be used, and agree with each other. */
export function checkEnvironment(environment: Environment): readonly Finding[] {
  const findings = [
    ...checkUsable(environment),
    ...checkDisabled(environment),
    ...checkSampler(environment),
    ...checkSpoolFolder(environment),
    ...checkTwoWays(environment),
  ];
  return findings.length > 0 ? findings : [ok("environment variables")];
}

function checkUsable(environment: Environment): readonly Finding[] {
  try {
    resolveStartOptions({}, environment);
    return [];
  } catch (error) {
    const [, reason = ""] = /^start\(\): (.*)$/s.exec((error as Error).message) ?? [];
    return [problem(reason.replace(/\. [^.]*\.$/, ""), "Correct it or leave it out.")];
  }
}

function checkDisabled(environment: Environment): readonly Finding[] {
  return ["FLOWSPAN_DISABLED", "OTEL_SDK_DISABLED"]
    .filter((name) => /^(true|1)$/i.test(environment[name]?.trim() ?? ""))
    .map((name) => problem(`${name} is set, so nothing is recorded`, `Unset ${name}.`));
}

function checkSampler(environment: Environment): readonly Finding[] {
  const { OTEL_TRACES_SAMPLER: sampler = "", OTEL_TRACES_SAMPLER_ARG: argument } = environment;
  const isOff = sampler.endsWith("always_off");
  const isNone = sampler.endsWith("traceidratio") && Number(argument ?? 1) === 0;
  if (!isOff && !isNone) return [];
  return [
    problem(
      `OTEL_TRACES_SAMPLER is ${sampler}${isNone ? ` with ${argument}` : ""}, so no span is recorded`,
      "Unset it, or choose by the finished trace with the `keep` option.",
    ),
  ];
}

function checkSpoolFolder({ FLOWSPAN_SPOOL_DIR: folder }: Environment): readonly Finding[] {
  if (!folder || !existsSync(folder)) return [];
  try {
    accessSync(folder, constants.W_OK | constants.R_OK);
    return [];
  } catch {
    return [
      problem("FLOWSPAN_SPOOL_DIR can't be written", "Give the program's user the right to."),
    ];
  }
}

/** Spans over OTLP and logs over the Log API at one server. */
function checkTwoWays(environment: Environment): readonly Finding[] {
  const otlp =
    environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  const own = environment.FLOWSPAN_URL || "http://127.0.0.1:4319";
  if (!otlp || originOf(otlp) !== originOf(own)) return [];
  return [
    warning(
      "OTLP and the Log API have the same address, so all goes there in two ways",
      "Leave out the OTLP endpoint: the Log API gets everything.",
    ),
  ];
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
