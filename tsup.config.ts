import { defineConfig } from "tsup";

/** One entry for each subpath that package.json exports. */
export default defineConfig({
  entry: {
    index: "src/index.ts",
    node: "src/node/index.ts",
    otel: "src/otel/index.ts",
    fetch: "src/fetch/index.ts",
    register: "src/node/register.ts",
    client: "src/client/index.ts",
    logs: "src/assemble/index.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm", "cjs"],
  dts: true,
  target: "node20",
  clean: true,
  splitting: true,
  treeshake: true,
});
