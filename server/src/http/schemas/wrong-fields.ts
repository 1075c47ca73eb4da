import type { LogFields } from "../../domain/log-fields.ts";
import type { LogType } from "../../store/records.ts";
import { logBodies } from "./logs.ts";

/** The names of the fields that a request to log would be refused for. */
export function findWrongFields(type: LogType, fields: LogFields): readonly string[] {
  const { error } = logBodies[type].safeParse(fields);
  return [...new Set(error?.issues.map(({ path }) => String(path[0])))];
}
