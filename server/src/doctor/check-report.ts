import { type Finding, ok, problem, warning } from "./finding.ts";
import type { Report } from "./report.ts";

/** Classes that hand spans to flowspan. */
const OURS = ["FlowspanSpanProcessor", "PipelineProcessor", "GuestProcessor", "FlowspanExporter"];

/** What was wrong in a program while it ran. */
export function checkReport(report: Report): readonly Finding[] {
  return [...checkProvider(report), ...checkSampling(report), ...checkFetch(report)];
}

function checkProvider(report: Report): readonly Finding[] {
  const { provider, processors, hasContextManager, pipelines, isRegistered, apiVersion } = report;
  if (provider === undefined) return [checkAbsence(isRegistered, apiVersion)];
  const findings = [
    hasContextManager
      ? ok("a context manager is registered")
      : problem(
          "no context manager is registered, so every span is a trace of its own",
          "Call provider.register(), use NodeSDK, or register an AsyncLocalStorageContextManager.",
        ),
  ];
  const isGiven = processors === undefined || processors.some((name) => OURS.includes(name));
  if (pipelines > 0 && isGiven) return [ok(`${provider} sends its spans to flowspan`), ...findings];
  const names = processors?.join(", ") || "none";
  const text =
    pipelines > 0
      ? `a FlowspanSpanProcessor or FlowspanExporter was made, but ${provider} doesn't have it (span processors: ${names})`
      : `${provider} is registered, and nothing sends its spans to flowspan (span processors: ${names})`;
  return [
    problem(
      text,
      "Give it `new FlowspanSpanProcessor()` from flowspan/otel, or preload flowspan/register.",
    ),
    ...findings,
  ];
}

function checkAbsence(isRegistered: boolean, apiVersion: string | undefined): Finding {
  if (apiVersion !== undefined) {
    return problem(
      `no tracer provider is registered; @opentelemetry/api ${apiVersion} has registered something else`,
      "Is there another version of @opentelemetry/api that it shuts out? See above.",
    );
  }
  if (isRegistered) {
    return warning(
      "flowspan/register is loaded, and nothing was traced",
      "Was anything called that is wrapped, or a model over fetch? Give it longer by --seconds.",
    );
  }
  return problem(
    "no tracer provider is registered, so nothing is recorded",
    "Call start() from flowspan/node first, or run `node --import flowspan/register`.",
  );
}

function checkSampling({ notSampled }: Report): readonly Finding[] {
  if (notSampled === 0) return [];
  return [
    warning(
      `the provider's sampler left out ${notSampled} calls of flowspan's wrappers`,
      "Raise its rate, and choose by the finished trace with the `keep` option. Sentry records spans only with tracesSampleRate.",
    ),
  ];
}

function checkFetch({ isFetchHooked, roundTheHook, unhooked }: Report): readonly Finding[] {
  if (roundTheHook.length > 0) {
    return [
      problem(
        `calls to ${roundTheHook.join(", ")} came round the hook on fetch: it was taken before`,
        "Preload flowspan/register, call instrumentFetch() before clients are made, or give them tracedFetch().",
      ),
    ];
  }
  if (unhooked.length > 0) {
    return [
      warning(
        `fetch was not hooked when ${unhooked.join(", ")} was called`,
        "Where prompt() has the client's answer, that is enough; else preload flowspan/register or call instrumentFetch().",
      ),
    ];
  }
  return isFetchHooked ? [ok("fetch is hooked")] : [];
}
