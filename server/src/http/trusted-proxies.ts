import { isIP, isIPv6 } from "node:net";

/** Ranges that have a name: this machine's own addresses, and two of private networks. */
const RANGES: ReadonlySet<string> = new Set(["loopback", "linklocal", "uniquelocal"]);

/** Whether a text names proxies: addresses, networks such as `10.0.0.0/8`, or ranges by name. */
export function areProxies(text: string): boolean {
  return text.split(",").every((part) => isProxy(part.trim()));
}

function isProxy(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  if (bits === undefined) return RANGES.has(address) || isIP(address) !== 0;
  const most = isIPv6(address) ? 128 : 32;
  const isLength = /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most;
  return isIP(address) !== 0 && isLength && more.length === 0;
}
