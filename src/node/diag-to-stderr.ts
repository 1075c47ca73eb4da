import type { DiagLogger } from "@opentelemetry/api";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { registeredWithApi } from "./api-registration.ts";

/**
 * Writes OTel's warnings and errors to stderr, where the program has chosen no logger of its own:
 * what is lost is said there. Gives the function that takes it away again.
 */
export function sendDiagToStderr(): () => void {
  if (registeredWithApi("diag") !== undefined) return () => {};
  const write =
    (level: string) =>
    (message: string, ...more: unknown[]) => {
      const details = more.map((one) => (one instanceof Error ? one.message : String(one)));
      process.stderr.write(`${level}: ${[message, ...details].join(" ")}\n`);
    };
  const silent = (): void => {};
  const logger: DiagLogger = {
    error: write("error"),
    warn: write("warning"),
    info: silent,
    debug: silent,
    verbose: silent,
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const own = registeredWithApi("diag");
  return () => {
    // A logger that the program set since then stays.
    if (registeredWithApi("diag") === own) diag.disable();
  };
}
