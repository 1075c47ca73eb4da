type Version = readonly [major: number, minor: number, patch: number];

/**
 * True where a version is in a range as npm packages write them for peers and engines: `^1.3.0`,
 * `>=1.3.0 <1.10.0`, `^18.19.0 || >=20.6.0`. A range in any other form is not judged: true.
 */
export function satisfiesRange(version: string, range: string): boolean {
  const own = readVersion(version);
  if (own === undefined) return true;
  return range.split("||").some((part) => satisfiesAll(own, part.trim()));
}

function satisfiesAll(own: Version, part: string): boolean {
  return part.split(/\s+/).every((comparator) => {
    const [, operator = "", text = ""] = /^(\^|>=|<=|>|<|=)?v?(\d[\d.]*)$/.exec(comparator) ?? [];
    const limit = readVersion(text);
    return limit === undefined || compares(own, operator, limit);
  });
}

function compares(own: Version, operator: string, limit: Version): boolean {
  const order = compare(own, limit);
  switch (operator) {
    case ">=":
      return order >= 0;
    case ">":
      return order > 0;
    case "<=":
      return order <= 0;
    case "<":
      return order < 0;
    case "^":
      return order >= 0 && own[0] === limit[0] && (own[0] > 0 || own[1] === limit[1]);
    default:
      return order === 0;
  }
}

function compare(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

function readVersion(text: string): Version | undefined {
  const [, major, minor = "0", patch = "0"] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}
