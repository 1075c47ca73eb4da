import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** One operation that a process sent and the server answered, in the order of the answers. */
export interface SeenOperation {
  /** Who sent it: the first part of the path that it was sent to. */
  readonly sender: string;
  readonly op: string;
  readonly logId: string;
  /** The server's status for this entry; 200 where it was taken. */
  readonly status: number;
}

/** Stands before the server and brings each process's requests when it likes. */
export interface DelayingProxy {
  /** The Log API's address for one sender. */
  urlFor(sender: string): string;
  readonly seen: readonly SeenOperation[];
  close(): Promise<void>;
}

/** Hands requests on after `delayMillis(sender)`, each for itself: later ones may overtake. */
export async function startDelayingProxy(
  targetUrl: string,
  delayMillis: (sender: string) => number,
): Promise<DelayingProxy> {
  const seen: SeenOperation[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const [, sender = "", ...path] = (request.url ?? "").split("/");
    await new Promise((resolve) => setTimeout(resolve, delayMillis(sender)));
    const { "content-type": type = "", "content-encoding": coding = "" } = request.headers;
    const answer = await fetch(`${targetUrl}/${path.join("/")}`, {
      method: request.method,
      headers: { "content-type": type, ...(coding && { "content-encoding": coding }) },
      ...(body.length > 0 && { body }),
    });
    const text = await answer.text();
    if (path.at(-1) === "batch") {
      const sent = coding === "gzip" ? gunzipSync(body) : body;
      seen.push(...operationsOf(sender, sent.toString(), text));
    }
    const batch = answer.headers.get("flowspan-batch");
    const headers = {
      "content-type": "application/json",
      ...(batch && { "flowspan-batch": batch }),
    };
    response.writeHead(answer.status, headers).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlFor: (sender) => `http://127.0.0.1:${port}/${sender}/v5`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function operationsOf(sender: string, sent: string, answered: string): SeenOperation[] {
  const entries = (JSON.parse(sent) as { logs: { op: string; log_id: string }[] }).logs;
  const answers = (JSON.parse(answered) as { logs: { status?: unknown }[] }).logs;
  return entries.map(({ op, log_id }, index) => {
    const status = answers[index]?.status;
    return { sender, op, logId: log_id, status: typeof status === "number" ? status : 200 };
  });
}
