import { type ParseArgsConfig, parseArgs } from "node:util";

/** One command of the program, in a file of its own; `cli.ts` has the table of them. */
export interface Command {
  /** What `flowspan COMMAND --help` prints. */
  readonly usage: string;
  /**
   * Runs it with the arguments after its name. What it throws is printed on one line, and the
   * program ends with code 1.
   */
  run(args: readonly string[]): Promise<void>;
}

/** The command line is wrong: nothing was done, and `--help` says how it is meant. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads a command's options. What stands beside them is given as `positionals`.
 *
 * @throws {UsageError} for an option that isn't known, or one without its value.
 */
export function parseOptions<const T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // The first sentence says what is wrong; the others explain parseArgs.
    const [reason = ""] = (error as Error).message.split(/\.(?:\s|$)/);
    throw new UsageError(reason);
  }
}

/** @throws {UsageError} where there is anything beside the options. */
export function refuseMore(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`unknown argument "${positionals[0]}"`);
}

/** Prints an error on one line. */
export function printError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof UsageError ? ". Run flowspan --help." : "";
  process.stderr.write(`flowspan: ${message.replaceAll("\n", " ")}${hint}\n`);
}
