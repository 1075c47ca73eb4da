import type { LogResponse, SessionState, TracesPage } from "./wire.ts";

/** What came of one question to the server. */
export type Answer<Value> =
  /** `text` is the body as it came: equal texts need no new drawing. */
  | { readonly status: "ok"; readonly value: Value; readonly text: string }
  | { readonly status: "key-needed" }
  | { readonly status: "missing" }
  | { readonly status: "failed"; readonly reason: string };

/** The server, as the viewer sees it. Failures are answers: nothing here throws. */
export interface Api {
  /** Whether the server asks for a key, and whether this browser is signed in. */
  session(signal: AbortSignal): Promise<Answer<SessionState>>;
  /** Sends the key once. The browser keeps a cookie for it that no script can read. */
  signIn(key: string): Promise<Answer<undefined>>;
  signOut(): Promise<Answer<undefined>>;
  traces(before: string | undefined, signal: AbortSignal): Promise<Answer<TracesPage>>;
  log(id: string, signal: AbortSignal): Promise<Answer<LogResponse>>;
}

const PAGE_SIZE = 50;

/** A page of another origin can't send this without asking, and so can't act with the cookie. */
const OWN_PAGE = { "x-flowspan-csrf": "1" };

/** Gives the client of the server this page came from. */
export function createApi(): Api {
  async function ask<Value>(url: string, request: RequestInit): Promise<Answer<Value>> {
    try {
      const response = await fetch(url, request);
      if (response.status === 401) return { status: "key-needed" };
      if (response.status === 404) return { status: "missing" };
      if (!response.ok) return { status: "failed", reason: reasonOf(response) };
      const text = await response.text();
      return { status: "ok", value: (text ? JSON.parse(text) : undefined) as Value, text };
    } catch (error) {
      if (error instanceof SyntaxError) {
        return { status: "failed", reason: "The server's answer was not JSON." };
      }
      return { status: "failed", reason: "The server can't be reached." };
    }
  }

  return {
    session: (signal) => ask<SessionState>("/api/session", { signal }),
    signIn: (key) =>
      ask("/api/session", { method: "POST", headers: OWN_PAGE, body: JSON.stringify({ key }) }),
    signOut: () => ask("/api/session", { method: "DELETE", headers: OWN_PAGE }),
    traces: (before, signal) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (before !== undefined) query.set("before", before);
      return ask<TracesPage>(`/api/traces?${query}`, { signal });
    },
    log: (id, signal) => ask<LogResponse>(`/v5/logs/${encodeURIComponent(id)}`, { signal }),
  };
}

function reasonOf({ status, headers }: Response): string {
  const waitSeconds = headers.get("retry-after");
  if (status === 429) return `Too many requests. Try again in ${waitSeconds ?? "some"} seconds.`;
  return status === 403 ? "This key may not read." : `The server said ${status}.`;
}
