import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { FileRecord } from "../records.ts";
import type { FileQuery, Page } from "../store.ts";
import { rowToFile } from "./rows.ts";
import type { Tables } from "./tables.ts";

const SORT_COLUMNS = {
  created_at: "created_micros",
  updated_at: "updated_micros",
  name: "name",
} as const;

/** A page of files, and how many match in all. */
export async function selectFiles(
  query: Kysely<Tables>,
  projectId: string,
  filter: FileQuery,
): Promise<Page<FileRecord>> {
  let matching = query.selectFrom("files").where("project_id", "=", projectId);
  if (filter.types !== undefined) matching = matching.where("type", "in", filter.types);
  if (filter.name !== undefined) {
    // instr() instead of LIKE: a name's own % and _ mean themselves.
    matching = matching.where(sql<boolean>`instr(lower(name), lower(${filter.name})) > 0`);
  }
  const counted = await matching
    .select((is) => is.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await matching
    .selectAll()
    .orderBy(SORT_COLUMNS[filter.sortBy], filter.order)
    .orderBy("path")
    .limit(filter.size)
    .offset((filter.page - 1) * filter.size)
    .execute();
  return { records: rows.map(rowToFile), total: counted.total };
}
