/** What the address bar asks for. */
export type Route =
  | { readonly page: "list" }
  | { readonly page: "trace"; readonly id: string; readonly selectedId: string | undefined }
  | { readonly page: "unknown" };

const TRACE_PATH = /^\/logs\/([^/]+)\/?$/;

/** Gives the route of a URL's path and query. */
export function parseRoute(pathname: string, search: string): Route {
  if (pathname === "/") return { page: "list" };
  const encodedId = TRACE_PATH.exec(pathname)?.[1];
  const id = encodedId === undefined ? undefined : decode(encodedId);
  if (id === undefined) return { page: "unknown" };
  return { page: "trace", id, selectedId: new URLSearchParams(search).get("log") ?? undefined };
}

/** Gives the URL of a trace, or of one log in it. */
export function traceUrl(id: string, selectedId?: string): string {
  const url = `/logs/${encodeURIComponent(id)}`;
  if (selectedId === undefined || selectedId === id) return url;
  return `${url}?log=${encodeURIComponent(selectedId)}`;
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
