import { toJsonText } from "../base/json-text.ts";
import type { Operation, OperationSink } from "../base/log-types.ts";
import { maskSecrets } from "../base/mask.ts";

/** A sink that gives every log the `environment` label, unless it has one of its own. */
export function createLabelSink(inner: OperationSink, environment: string): OperationSink {
  const label = toJsonText(maskSecrets(environment));
  const labelled = (operation: Operation): Operation => {
    const { log } = operation;
    if (operation.op === "update" || log.fields.environment !== undefined) return operation;
    return { ...operation, log: { ...log, fields: { ...log.fields, environment: label } } };
  };
  return { submit: (operations) => inner.submit(operations.map(labelled)) };
}
