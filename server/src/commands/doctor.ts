import { DEFAULT_API_URL } from "../../../src/client/api-url.ts";
import { checkEnvironment } from "../doctor/check-environment.ts";
import { checkPackages } from "../doctor/check-packages.ts";
import { checkReport } from "../doctor/check-report.ts";
import { checkServer } from "../doctor/check-server.ts";
import { type Finding, problem } from "../doctor/finding.ts";
import { runProbed } from "../doctor/run-probed.ts";
import { parseOptions, refuseMore, UsageError } from "./command.ts";

const DEFAULT_SECONDS = 10;

/** What `flowspan doctor --help` prints. */
export const usage: string = `Usage: flowspan doctor [options] [-- COMMAND ...]

Says what is wrong with tracing in the project of this folder: its packages, its environment
variables, the server. With a command, such as node app.js, that is run, and what it registers with
OpenTelemetry is looked at, too; what it prints goes to stderr. Ends with code 1 where there are
problems.

Options:
  --url URL       address of the server (default: FLOWSPAN_URL, or http://127.0.0.1:4319/v5)
  --api-key KEY   key to send (default: FLOWSPAN_API_KEY, or none)
  --seconds N     how long the command may run (default ${DEFAULT_SECONDS})
  --help          print this
`;

const MARKS = { ok: "ok     ", warning: "warning", problem: "problem" } as const;

/** `flowspan doctor [-- COMMAND ...]`. */
export async function run(args: readonly string[]): Promise<void> {
  const split = args.indexOf("--");
  const command = split === -1 ? [] : args.slice(split + 1);
  const { values, positionals } = parseOptions(split === -1 ? args : args.slice(0, split), {
    url: { type: "string" },
    "api-key": { type: "string" },
    seconds: { type: "string", default: String(DEFAULT_SECONDS) },
  });
  refuseMore(positionals);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new UsageError("doctor: seconds: expected a number over 0");
  const url = values.url ?? (process.env.FLOWSPAN_URL || DEFAULT_API_URL);
  const apiKey = values["api-key"] ?? (process.env.FLOWSPAN_API_KEY || undefined);

  const findings = [
    ...checkPackages(process.cwd(), process.versions.node),
    ...checkEnvironment(process.env),
    ...(URL.canParse(url) ? await checkServer(url, apiKey) : []),
  ];
  print(findings);
  if (command.length > 0) {
    const running = await checkRun(command, seconds);
    print(running);
    findings.push(...running);
  }
  const problems = findings.filter(({ level }) => level === "problem").length;
  if (problems > 0) throw new Error(`doctor: ${problems} problem${problems > 1 ? "s" : ""} found.`);
}

async function checkRun(command: readonly string[], seconds: number): Promise<readonly Finding[]> {
  const { exitCode, reports } = await runProbed(command, seconds);
  const findings = reports.flatMap(checkReport);
  if (reports.length === 0) {
    findings.push(problem("no Node program was run", "Give the command that starts yours."));
  }
  if (exitCode !== undefined && exitCode !== 0) {
    findings.push(problem(`the command ended with ${exitCode}`, "See what it printed."));
  }
  return findings;
}

function print(findings: readonly Finding[]): void {
  for (const { level, text, advice } of findings) {
    process.stdout.write(`${MARKS[level]}  ${text}${advice ? `. ${advice}` : ""}\n`);
  }
}
