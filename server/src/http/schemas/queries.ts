import { z } from "zod";
import { parseTime } from "../../domain/time.ts";

/** The largest page of logs or files. */
const MAX_PAGE_SIZE = 10_000;

/** The last page that is counted to: with the largest size, its records still have numbers. */
const MAX_PAGE = 1_000_000_000;

const MAX_SAMPLE = 1_000_000_000;

function count(least: number, most: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d+$/, { error: "Input should be a valid integer" })
    .transform(Number)
    .pipe(z.number().min(least).max(most)) as unknown as z.ZodType<number>;
}

const flag = z.enum(["true", "false", "1", "0"]).transform((value) => /^(true|1)$/.test(value));

/** A parameter that may be repeated. */
function many<T extends z.ZodType>(item: T): z.ZodPreprocess<z.ZodArray<T>> {
  return z.preprocess((value) => (typeof value === "string" ? [value] : value), z.array(item));
}

const date = z.string().refine((value) => parseTime(value) !== undefined, {
  error: "Input should be a valid datetime",
  params: { type: "datetime_parsing" },
});

const page = {
  page: count(1, MAX_PAGE).default(1),
  size: count(0, MAX_PAGE_SIZE).default(10),
};

/** The query of `GET /logs`. */
export const logsQuery = z.object({
  file_id: z.string(),
  ...page,
  version_id: z.string().optional(),
  id: many(z.string()).optional(),
  search: z.string().optional(),
  metadata_search: z.string().optional(),
  start_date: date.optional(),
  end_date: date.optional(),
  in_trace_filter: many(flag).optional(),
  sample: count(1, MAX_SAMPLE).optional(),
  include_trace_children: flag.default(false),
});

/** The query of `GET /logs`, converted. */
export type LogsQuery = z.output<typeof logsQuery>;

/** The query of `DELETE /logs`. */
export const deleteQuery = z.object({ id: many(z.string()) });

/** The query of lists of files. */
export const filesQuery = z.object({
  ...page,
  name: z.string().optional(),
  sort_by: z.enum(["created_at", "updated_at", "name"]).default("created_at"),
  order: z.enum(["asc", "desc"]).default("desc"),
});

/** The query of lists of files, converted. */
export type FilesQuery = z.output<typeof filesQuery>;

/** The query of `GET /api/traces`. */
export const tracesQuery = z.object({
  limit: count(1, 1_000).default(50),
  before: z.string().optional(),
});

/** The query of `GET /api/traces`, converted. */
export type TracesQuery = z.output<typeof tracesQuery>;
