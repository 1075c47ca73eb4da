import type { LogResponse, TracesPage } from "./wire.ts";

/** What came of one question to the server. */
export type Answer<Value> =
  /** `text` is the body as it came: equal texts need no new drawing. */
  | { readonly status: "ok"; readonly value: Value; readonly text: string }
  | { readonly status: "key-needed" }
  | { readonly status: "missing" }
  | { readonly status: "failed"; readonly reason: string };

/** The server, as the viewer sees it. Failures are answers: nothing here throws. */
export interface Api {
  /** Sends this key with every question from now on. It is kept in memory only. */
  useKey(key: string): void;
  /** Whether a key was given. */
  hasKey(): boolean;
  traces(before: string | undefined, signal: AbortSignal): Promise<Answer<TracesPage>>;
  log(id: string, signal: AbortSignal): Promise<Answer<LogResponse>>;
}

const PAGE_SIZE = 50;

/** Gives the client of the server this page came from. */
export function createApi(): Api {
  let key: string | undefined;

  async function get<Value>(url: string, signal: AbortSignal): Promise<Answer<Value>> {
    try {
      const headers = key === undefined ? undefined : { "X-API-KEY": key };
      const response = await fetch(url, { headers, signal });
      if (response.status === 401) return { status: "key-needed" };
      if (response.status === 404) return { status: "missing" };
      if (!response.ok) return { status: "failed", reason: `The server said ${response.status}.` };
      const text = await response.text();
      return { status: "ok", value: JSON.parse(text) as Value, text };
    } catch (error) {
      if (error instanceof SyntaxError) {
        return { status: "failed", reason: "The server's answer was not JSON." };
      }
      return { status: "failed", reason: "The server can't be reached." };
    }
  }

  return {
    useKey: (given) => {
      key = given;
    },
    hasKey: () => key !== undefined,
    traces: (before, signal) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (before !== undefined) query.set("before", before);
      return get<TracesPage>(`/api/traces?${query}`, signal);
    },
    log: (id, signal) => get<LogResponse>(`/v5/logs/${encodeURIComponent(id)}`, signal),
  };
}
