import { type RunningServer, serve } from "../serve.ts";
import { parseOptions, printError, refuseMore, UsageError } from "./command.ts";

/** What `flowspan serve --help` prints. */
export const usage: string = `Usage: flowspan serve [options]

Keeps the logs of LLM applications and shows them as traces.

Options:
  --port PORT     port to listen on; 0 takes a free one (default 4319)
  --host HOST     address to listen on; other than loopback needs a key (default 127.0.0.1)
  --data DIR      folder that everything is kept in (default ./.flowspan)
  --api-key KEY   key that clients must send (default: FLOWSPAN_API_KEY, or none); see also
                  flowspan keys
  --trust-proxy PROXIES
                  addresses or networks of proxies in front, such as loopback or 10.0.0.0/8, whose
                  X-Forwarded-* headers are believed (default: none)
  --help          print this
`;

const MAX_PORT = 65_535;

/** How long requests under way may take once the program is told to stop, in milliseconds. */
const CLOSE_TIMEOUT_MILLIS = 10_000;

/** `flowspan serve`: listens until it is told to stop by SIGINT or SIGTERM. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(args, {
    port: { type: "string" },
    host: { type: "string" },
    data: { type: "string" },
    "api-key": { type: "string" },
    "trust-proxy": { type: "string" },
  });
  refuseMore(positionals);
  if (values["api-key"] === "") throw new UsageError("--api-key: expected a key, got none");

  const running = await serve({
    port: values.port === undefined ? undefined : parsePort(values.port),
    host: values.host,
    dataDir: values.data,
    onError: printError,
    apiKey: (values["api-key"] ?? process.env.FLOWSPAN_API_KEY) || undefined,
    trustedProxies: values["trust-proxy"],
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void closeAndExit(running));
  }
  process.stdout.write(`flowspan listening on ${running.url}\n`);
  process.stdout.write(`export FLOWSPAN_URL=${running.url}/v5\n`);
  process.stdout.write(`export OTEL_EXPORTER_OTLP_ENDPOINT=${running.url}\n`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > MAX_PORT) {
    throw new UsageError(`--port: expected a number from 0 to ${MAX_PORT}, got "${text}"`);
  }
  return port;
}

async function closeAndExit(running: RunningServer): Promise<void> {
  setTimeout(() => process.exit(0), CLOSE_TIMEOUT_MILLIS).unref();
  try {
    await running.close();
    process.exit(0);
  } catch (error) {
    // Everything acknowledged is on disk all the same; only tidying up failed.
    printError(error);
    process.exit(1);
  }
}
