import { readFileSync, writeFileSync } from "node:fs";

/**
 * Adds the optional packages of other platforms that a lockfile lacks, because the registry it was made with holds only
 * those of its own platform. Without them `npm ci` refuses the lockfile. Run by hand after a dependency has changed:
 *
 *     node scripts/complete-lockfile.mjs package-lock.json
 *
 * An added entry has a version and its platform, and no checksum: npm takes the one that the registry gives.
 */
for (const path of process.argv.slice(2)) {
  const lock = JSON.parse(readFileSync(path, "utf8"));
  const missing = missingOptionals(lock.packages);
  for (const { name, version, dev } of missing) {
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(dev && { dev }),
      optional: true,
    };
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(byPath));
  writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
  console.log(`${path}: added ${missing.length} optional packages`);
}

/**
 * The optional dependencies, exact versions all, that no entry of the lockfile answers.
 *
 * @param {Record<string, { dev?: boolean, optionalDependencies?: Record<string, string> }>} packages
 */
function missingOptionals(packages) {
  const wanted = Object.values(packages).flatMap(({ dev, optionalDependencies = {} }) =>
    Object.entries(optionalDependencies).map(([name, version]) => ({ name, version, dev })),
  );
  return wanted.filter(
    ({ name, version }) =>
      /^\d+\.\d+\.\d+$/.test(version) &&
      !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)),
  );
}

/**
 * The platform that a package's name tells: `@rollup/rollup-linux-arm64-musl`.
 *
 * @param {string} name
 */
function platformOf(name) {
  const os = name.match(
    /aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32/,
  )?.[0];
  const cpu = name.match(/arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64/)?.[0];
  if (!os || !cpu) throw new Error(`expected a platform in the package's name, got ${name}.`);
  const libc = { musl: "musl", gnu: "glibc" }[name.match(/musl|gnu/)?.[0] ?? ""];
  return { cpu: [cpu], ...(libc && { libc: [libc] }), os: [os] };
}

/** @param {[string, unknown]} left @param {[string, unknown]} right */
function byPath([left], [right]) {
  return left.localeCompare(right, "en");
}
