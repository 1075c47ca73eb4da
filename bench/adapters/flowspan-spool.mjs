import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "flowspan/node";
import { wrap } from "./flowspan.mjs";

/** flowspan with every ended span written to a spool folder first. */
export function setUp({ url }) {
  const spoolDir = mkdtempSync(join(tmpdir(), "flowspan-bench-"));
  process.on("exit", () => rmSync(spoolDir, { recursive: true, force: true }));
  const tracing = start({ url: `${url}/v5`, spoolDir });
  return { wrap, flush: () => tracing.flush() };
}
