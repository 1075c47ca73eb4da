import { relative } from "node:path";
import { type Finding, ok, problem, warning } from "./finding.ts";
import { type InstalledPackage, installedPackages, resolvedFrom } from "./installed-packages.ts";
import { satisfiesRange } from "./satisfies-range.ts";

const API = "@opentelemetry/api";
const MIN_NODE = ">=20.19.0";

/** What is installed for a program in `folder`, and whether it fits together. */
export function checkPackages(folder: string, nodeVersion: string): readonly Finding[] {
  const packages = installedPackages(
    folder,
    (name) => name === "flowspan" || name.startsWith("@opentelemetry/"),
  );
  const apis = packages.filter(({ name }) => name === API);
  return [
    checkNode(nodeVersion),
    checkFlowspan(folder, packages),
    checkApiCopies(folder, apis),
    ...checkPeers(packages, apis),
    ...checkEngines(packages, nodeVersion),
  ];
}

function checkNode(version: string): Finding {
  if (satisfiesRange(version, MIN_NODE)) return ok(`Node ${version}`);
  return problem(`Node ${version} is too old for flowspan`, "Use Node 20.19 or later.");
}

function checkFlowspan(folder: string, packages: readonly InstalledPackage[]): Finding {
  const found = resolvedFrom(
    folder,
    "flowspan",
    packages.filter(({ name }) => name === "flowspan"),
  );
  if (found !== undefined) return ok(`flowspan ${found.version}`);
  return problem("flowspan is not installed here", "Run `npm install flowspan`.");
}

function checkApiCopies(folder: string, copies: readonly InstalledPackage[]): Finding {
  const [first, ...more] = copies;
  if (first === undefined) {
    return problem(`${API} is not installed`, `Run \`npm install ${API}\`.`);
  }
  if (more.length === 0) return ok(`one ${API}, ${first.version}`);
  const places = copies
    .map((copy) => ({ ...copy, place: relative(folder, copy.folder) }))
    .sort((left, right) => (left.place < right.place ? -1 : 1))
    .map(({ version, place }) => `${version} in ${place}`);
  const text = `${copies.length} copies of ${API}: ${places.join(", ")}`;
  const hasVersions = new Set(copies.map(({ version }) => version)).size > 1;
  return hasVersions
    ? problem(
        text,
        `The one that registers first shuts the other versions out. Make them one version: \`npm ls ${API}\` tells who brings each.`,
      )
    : warning(
        text,
        `They share what is registered, but flowspan/register sees only its own copy before the first span. \`npm dedupe\` makes them one.`,
      );
}

function checkPeers(
  packages: readonly InstalledPackage[],
  apis: readonly InstalledPackage[],
): readonly Finding[] {
  return packages.flatMap(({ name, version, folder, peerDependencies }) => {
    const range = peerDependencies[API];
    const api = resolvedFrom(folder, API, apis);
    if (range === undefined || api === undefined || satisfiesRange(api.version, range)) return [];
    return [
      warning(
        `${name} ${version} expects ${API} ${range}, and gets ${api.version}`,
        `Install a version of ${API} in that range, or of ${name} that takes ${api.version}.`,
      ),
    ];
  });
}

function checkEngines(
  packages: readonly InstalledPackage[],
  nodeVersion: string,
): readonly Finding[] {
  const unfit = packages.filter(
    ({ engines: { node } }) => node && !satisfiesRange(nodeVersion, node),
  );
  const [first] = unfit;
  if (first === undefined) return [];
  const names = unfit.map(({ name, version }) => `${name} ${version}`);
  return [
    warning(
      `Node ${nodeVersion} is not supported by ${names.join(", ")}`,
      `They expect ${first.engines.node}: use such a Node, or earlier versions of them.`,
    ),
  ];
}
