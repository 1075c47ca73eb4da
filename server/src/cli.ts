import { parseArgs } from "node:util";
import { type RunningServer, serve } from "./serve.ts";

const USAGE = `Usage: flowspan serve [options]

Keeps the logs of LLM applications and shows them as traces.

Options:
  --port PORT     port to listen on; 0 takes a free one (default 4319)
  --host HOST     address to listen on; other than loopback needs a key (default 127.0.0.1)
  --data DIR      folder that everything is kept in (default ./.flowspan)
  --api-key KEY   key that clients must send (default: FLOWSPAN_API_KEY, or none)
  --help          print this
`;

const MAX_PORT = 65_535;

/** How long requests under way may take once the program is told to stop, in milliseconds. */
const CLOSE_TIMEOUT_MILLIS = 10_000;

/** The command line is wrong. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError("expected a command, got none");
  if (command !== "serve") throw new UsageError(`unknown command "${command}"`);
  if (rest.length > 0) throw new UsageError(`unknown argument "${rest[0]}"`);

  if (values["api-key"] === "") throw new UsageError("--api-key: expected a key, got none");

  const running = await serve({
    port: values.port === undefined ? undefined : parsePort(values.port),
    host: values.host,
    dataDir: values.data,
    onError: printError,
    apiKey: (values["api-key"] ?? process.env.FLOWSPAN_API_KEY) || undefined,
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void closeAndExit(running));
  }
  process.stdout.write(`flowspan listening on ${running.url}\n`);
  process.stdout.write(`export FLOWSPAN_URL=${running.url}/v5\n`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: "string" },
        host: { type: "string" },
        data: { type: "string" },
        "api-key": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    // The first sentence says what is wrong; the others explain parseArgs.
    const [reason = ""] = (error as Error).message.split(/\.(?:\s|$)/);
    throw new UsageError(reason);
  }
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

/** Prints an error on one line. */
function printError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof UsageError ? ". Run flowspan --help." : "";
  process.stderr.write(`flowspan: ${message.replaceAll("\n", " ")}${hint}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  printError(error);
  process.exitCode = 1;
});
