import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogResponse, TraceSummary } from "../../ui/wire.ts";

/** The policy the real server sends with the page. */
export const CONTENT_SECURITY_POLICY: string =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A server that gives out the built page and whatever answers a test puts into it. */
export interface CannedServer {
  readonly origin: string;
  /** Newest first. */
  traces: TraceSummary[];
  readonly logs: Map<string, LogResponse>;
  /** When set, the only key that signs in. */
  key: string | undefined;
  /** When true, every question of the page is answered 503. */
  isBroken: boolean;
  close(): Promise<void>;
}

/** The cookie of whoever gave the key. */
const SIGNED_IN = "canned=yes";

const BUILT_PAGE = new URL("../../dist/ui/", import.meta.url);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

/** Starts one on a free port of this machine. Throws when the page has not been built. */
export async function startCannedServer(): Promise<CannedServer> {
  if (!existsSync(new URL("index.html", BUILT_PAGE))) {
    throw new Error(
      "the canned server: expected the built page in dist/ui, got none. Build first.",
    );
  }
  const http = createServer((request, response) => {
    answer(canned, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const canned: CannedServer = {
    origin: `http://127.0.0.1:${port}`,
    traces: [],
    logs: new Map(),
    key: undefined,
    isBroken: false,
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return canned;
}

async function answer(
  canned: CannedServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", canned.origin);
  const isData = url.pathname.startsWith("/api/") || url.pathname.startsWith("/v5/");
  if (!isData) return givePage(url.pathname, response);
  if (canned.isBroken) return giveJson(response, 503, { detail: "broken" });
  const isSignedIn = request.headers.cookie === SIGNED_IN;
  if (url.pathname === "/api/session") return answerSession(canned, request, response, isSignedIn);
  if (canned.key !== undefined && !isSignedIn) return giveJson(response, 401, { detail: "key" });
  if (url.pathname === "/api/traces") {
    const from = Number(url.searchParams.get("before") ?? 0);
    const to = from + Number(url.searchParams.get("limit"));
    const next = to < canned.traces.length ? String(to) : undefined;
    return giveJson(response, 200, { traces: canned.traces.slice(from, to), next });
  }
  const log = canned.logs.get(decodeURIComponent(url.pathname.replace("/v5/logs/", "")));
  return log === undefined
    ? giveJson(response, 404, { detail: "unknown" })
    : giveJson(response, 200, log);
}

async function answerSession(
  { key }: CannedServer,
  request: IncomingMessage,
  response: ServerResponse,
  isSignedIn: boolean,
): Promise<void> {
  if (request.method === "GET") {
    return giveJson(response, 200, { key_needed: key !== undefined, signed_in: isSignedIn });
  }
  const isSigningIn = request.method === "POST";
  let body = "";
  for await (const chunk of request) body += chunk;
  if (isSigningIn && JSON.parse(body).key !== key) return giveJson(response, 401, {});
  const cookie = `${SIGNED_IN}; HttpOnly; SameSite=Strict; Max-Age=${isSigningIn ? 60 : 0}`;
  response.writeHead(204, { "set-cookie": cookie }).end();
}

function giveJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function givePage(pathname: string, response: ServerResponse): Promise<void> {
  const isAsset = extname(pathname) in CONTENT_TYPES;
  const file = new URL(isAsset ? `.${pathname}` : "index.html", BUILT_PAGE);
  const body = await readFile(fileURLToPath(file));
  const contentType = CONTENT_TYPES[extname(pathname)] ?? "text/html; charset=utf-8";
  response
    .writeHead(200, {
      "content-type": contentType,
      "content-security-policy": CONTENT_SECURITY_POLICY,
    })
    .end(body);
}
