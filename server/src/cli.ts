import { type Command, printError, UsageError } from "./commands/command.ts";

interface CommandEntry {
  /** What it does, in the list that `flowspan --help` prints. */
  readonly summary: string;
  /** Loaded only when it is run: no command waits for what another one needs. */
  load(): Promise<Command>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: {
    summary: "keep logs and show them as traces",
    load: () => import("./commands/serve.ts"),
  },
  keys: {
    summary: "make, list and revoke the keys that clients send",
    load: () => import("./commands/keys.ts"),
  },
  spool: {
    summary: "send what programs left on disk",
    load: () => import("./commands/spool.ts"),
  },
  doctor: {
    summary: "say what is wrong with tracing in this project",
    load: () => import("./commands/doctor.ts"),
  },
};

const USAGE = `Usage: flowspan COMMAND [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(8)}${summary}\n`)
  .join("")}
Run flowspan COMMAND --help for a command's options.
`;

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === "--help" || name === "-h") {
    process.stdout.write(USAGE);
    return;
  }
  if (name === undefined || name.startsWith("-")) {
    throw new UsageError("expected a command, got none");
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) throw new UsageError(`unknown command "${name}"`);

  const command = await entry.load();
  const own = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
  if (own.includes("--help") || own.includes("-h")) process.stdout.write(command.usage);
  else await command.run(args);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  printError(error);
  process.exitCode = 1;
});
