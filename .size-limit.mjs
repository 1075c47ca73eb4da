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

/** The budget holds without `providers/`; the whole is printed beside it. */
export default [
  {
    name: 'import "flowspan" without providers/',
    path: "src/index.ts",
    limit: "10 KB",
    gzip: true,
    ignore,
    modifyEsbuildConfig: withoutProviders,
  },
  { name: 'import "flowspan", whole', path: "dist/index.js", gzip: true, ignore },
];
