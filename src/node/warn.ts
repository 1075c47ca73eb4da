import { diag } from "@opentelemetry/api";
import { registeredWithApi } from "./api-registration.ts";

/** Warns through OTel's `diag`, and on stderr where it has no logger. */
export function warn(message: string): void {
  if (registeredWithApi("diag") === undefined) process.stderr.write(`warning: ${message}\n`);
  else diag.warn(message);
}
