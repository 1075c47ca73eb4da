import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package as it lies on disk. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder, links followed. */
  readonly folder: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
}

/**
 * Every copy of the packages that a program in `folder` may load: of its own `node_modules`, those
 * inside packages there, pnpm's store, and those of the folders above.
 */
export function installedPackages(
  folder: string,
  isWanted: (name: string) => boolean,
): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const visited = new Set<string>();
  for (const root of withParents(folder)) visit(join(root, "node_modules"));
  return [...found.values()];

  function visit(modules: string): void {
    const real = realPath(modules);
    if (real === undefined || visited.has(real)) return;
    visited.add(real);
    for (const name of packageNames(real)) {
      if (name === ".pnpm") {
        for (const entry of list(join(real, name))) visit(join(real, name, entry, "node_modules"));
        continue;
      }
      const path = realPath(join(real, name));
      if (path === undefined) continue;
      if (isWanted(name) && !found.has(path)) {
        const read = readPackage(path);
        if (read !== undefined) found.set(path, read);
      }
      visit(join(path, "node_modules"));
    }
  }
}

/** The copy of a package that code in `folder` gets, as Node looks for it. */
export function resolvedFrom(
  folder: string,
  name: string,
  copies: readonly InstalledPackage[],
): InstalledPackage | undefined {
  for (const root of withParents(folder)) {
    const path = realPath(join(root, "node_modules", name));
    const copy = copies.find((one) => one.folder === path);
    if (copy !== undefined) return copy;
  }
  return undefined;
}

function withParents(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...withParents(above)];
}

function packageNames(modules: string): string[] {
  return list(modules).flatMap((name) =>
    name.startsWith("@") ? list(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function readPackage(folder: string): InstalledPackage | undefined {
  try {
    const read = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { name, version, peerDependencies = {}, engines = {} } = read;
    return { name, version, folder, peerDependencies, engines };
  } catch {
    // Being installed just now, or no package.
    return undefined;
  }
}
