import { readApiUrl } from "../../../src/client/api-url.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const TIMEOUT_MILLIS = 5_000;
/** A `Date` header has whole seconds, and the answer takes a while. */
const MAX_SKEW_MILLIS = 5_000;

/** Whether the server is there, takes the key, and has the same time. */
export async function checkServer(
  url: string,
  apiKey: string | undefined,
): Promise<readonly Finding[]> {
  const { origin, basePath } = readApiUrl(url, "FLOWSPAN_URL");
  const headers: Record<string, string> = apiKey ? { "X-API-KEY": apiKey } : {};
  const signal = AbortSignal.timeout(TIMEOUT_MILLIS);
  const startMillis = Date.now();
  try {
    const response = await fetch(`${origin}${basePath}/flows?size=1`, { headers, signal });
    await response.arrayBuffer();
    const middleMillis = (startMillis + Date.now()) / 2;
    const date = Date.parse(response.headers.get("date") ?? "");
    return [
      checkStatus(origin, response.status, apiKey !== undefined),
      ...checkClock(date - middleMillis),
    ];
  } catch (error) {
    const cause = (error as Error).cause ?? error;
    const { code, message } = cause as Error & { code?: unknown };
    const reason = typeof code === "string" ? code : message;
    return [
      problem(
        `${origin} can't be reached: ${reason}`,
        "Start `flowspan serve` there, or set FLOWSPAN_URL. What is recorded meanwhile is kept on disk.",
      ),
    ];
  }
}

function checkStatus(origin: string, status: number, hasKey: boolean): Finding {
  if (status === 200) return ok(`${origin} answers${hasKey ? " and takes the key" : ""}`);
  // Another status than that of a wrong key: it is one that only writes.
  if (status === 403 && hasKey)
    return ok(`${origin} answers and takes the key, which may not read`);
  if (status === 401 || status === 403) {
    return problem(
      `${origin} ${hasKey ? "refuses the key" : "asks for a key"} (${status})`,
      "Set FLOWSPAN_API_KEY to a key of that server: `flowspan keys create` makes one.",
    );
  }
  return problem(
    `${origin} answers ${status} to GET flows`,
    "Is FLOWSPAN_URL the address of a Log API, with its path?",
  );
}

function checkClock(skewMillis: number): readonly Finding[] {
  if (Number.isNaN(skewMillis) || Math.abs(skewMillis) <= MAX_SKEW_MILLIS) return [];
  const seconds = Math.round(Math.abs(skewMillis) / 1000);
  return [
    warning(
      `the server's clock is ${seconds} s ${skewMillis > 0 ? "ahead" : "behind"}`,
      "Set both by NTP: a trace over several hosts looks wrong otherwise.",
    ),
  ];
}
