import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** Where `vite` in this folder finds a running server, while the page is worked on. */
const DEVELOPMENT_SERVER = "http://127.0.0.1:4319";

/**
 * Builds the viewer, `ui/`, into `dist/ui`, which the server gives out.
 *
 * The server's Content-Security-Policy takes no inline script and no inline style, so nothing
 * may be put into the HTML: no module-preload polyfill, no asset turned into a `data:` URL.
 */
export default defineConfig({
  root: fileURLToPath(new URL("./ui", import.meta.url)),
  base: "/",
  build: {
    outDir: fileURLToPath(new URL("./dist/ui", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  server: { proxy: { "/api": DEVELOPMENT_SERVER, "/v5": DEVELOPMENT_SERVER } },
});
