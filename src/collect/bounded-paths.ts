import type { LogType } from "../base/log-types.ts";

/**
 * Bounds how many paths are made by a process: span names may hold ids against the conventions,
 * and each path is a File on the server. Past `maxPaths` they share `other/<type>`.
 *
 * @param onFull called once, at the first path that does not get in.
 */
export function boundedPaths(
  maxPaths: number,
  onFull: () => void,
): (path: string, type: LogType) => string {
  const paths = new Set<string>();
  let isFull = false;
  return (path, type) => {
    if (paths.has(path)) return path;
    if (paths.size < maxPaths) {
      paths.add(path);
      return path;
    }
    if (!isFull) onFull();
    isFull = true;
    return `other/${type}`;
  };
}
