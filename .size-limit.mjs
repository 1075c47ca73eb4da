/** What the applications that we trace bring themselves. */
const ignore = ["@opentelemetry/api"];

/** Leaves the readers of provider answers out of the bundle, so that a new provider costs no budget. */
function withoutProviders(config) {
  const plugin = {
    name: "without-providers",
    setup(build) {
      build.onResolve({ filter: /\/providers\// }, ({ path }) => ({ path, external: true }));
    },
  };
  return { ...config, format: "esm", plugins: [...(config.plugins ?? []), plugin] };
}

/** What a program needs that wraps its calls; the rest of the names is left out by its bundler. */
const WRAPPING = "{ flow, prompt, tool, record, currentLog, withLogContext }";

/** The budgets hold without `providers/`; the whole is printed beside them. */
export default [
  {
    name: `import ${WRAPPING} without providers/`,
    path: "src/index.ts",
    import: WRAPPING,
    limit: "14.6 KB",
    gzip: true,
    ignore,
    modifyEsbuildConfig: withoutProviders,
  },
  {
    name: 'import "flowspan" without providers/',
    path: "src/index.ts",
    limit: "15.7 KB",
    gzip: true,
    ignore,
    modifyEsbuildConfig: withoutProviders,
  },
  { name: 'import "flowspan", whole', path: "dist/index.js", gzip: true, ignore },
];
