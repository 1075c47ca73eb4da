import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Programs leave what they could not send in the temporary directory, and others adopt it there.
const temporary = mkdtempSync(join(tmpdir(), "flowspan-tests-"));
process.env.TMPDIR = temporary;
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "server/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 20_000,
  },
});
