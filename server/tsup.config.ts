import { defineConfig } from "tsup";

/** Builds the program and its library entry. The page is built into `dist/ui` by vite, after. */
export default defineConfig({
  entry: { index: "src/index.ts", cli: "src/cli.ts", "doctor-probe": "src/doctor/probe.ts" },
  format: ["esm"],
  target: "node20",
  dts: { entry: { index: "src/index.ts" } },
  // tsup cleans everything but what is excluded here.
  clean: ["!ui/**"],
  splitting: true,
  treeshake: true,
});
