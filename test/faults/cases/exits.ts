import type { FaultCase, Figures, Size } from "../fault-case.ts";
import type { Weather } from "../faulty-proxy.ts";
import { onStage } from "../stage.ts";
import type { WayToEnd } from "../traced-program.ts";

/** Ways for a program to end, and the exit code that is its own. */
const ENDS: readonly (readonly [WayToEnd | "SIGTERM", number])[] = [
  ["naturally", 0],
  ["process.exitCode = 3", 3],
  ["process.exit(4)", 4],
  ["throw", 1],
  ["reject", 1],
  ["SIGTERM", 143],
];
/** Packets to it are dropped: https://www.rfc-editor.org/rfc/rfc5737. */
const NOWHERE = "http://192.0.2.1:4319";

/** The program ends while its server is in a bad way: by itself, soon, with its own exit code. */
export const EXITS: readonly FaultCase[] = [
  exitCase("the server is there", "fair"),
  exitCase("the server is down", "down"),
  exitCase("the server never answers", "black hole"),
  exitCase("nobody is at the address", NOWHERE),
];

function exitCase(situation: string, where: Weather | typeof NOWHERE): FaultCase {
  return {
    name: `${situation} when the program ends: it ends by itself, with its own exit code`,
    expected: { exitCodes: ENDS.map(([way, code]) => `${way} ${code}`).join("; "), rejected: 0 },
    run: (size) => playEnds(size, where),
  };
}

function playEnds(size: Size, where: Weather | typeof NOWHERE): Promise<Figures> {
  // The default in full.
  const shutdownTimeoutMillis = size === "full" ? 10_000 : 700;
  return onStage(async (stage) => {
    const server = await stage.server();
    const proxy = await stage.proxy(server.port);
    if (where !== NOWHERE) await proxy.turn(where);
    const url = where === NOWHERE ? NOWHERE : proxy.url;

    const ends = await Promise.all(
      ENDS.map(async ([way]) => {
        const isSignal = way === "SIGTERM";
        const program = stage.program(url, {
          traces: 5,
          options: { shutdownTimeoutMillis },
          end: isSignal ? "naturally" : way,
        });
        const { rejected } = await program.loaded;
        const ended = await (isSignal ? program.kill(way) : program.end());
        return { way, rejected, ...ended };
      }),
    );
    return {
      exitCodes: ends.map(({ way, exitCode }) => `${way} ${exitCode}`).join("; "),
      secondsToEnd: Math.max(...ends.map(({ secondsToEnd }) => secondsToEnd)),
      deadlineSeconds: shutdownTimeoutMillis / 1000,
      rejected: ends.reduce((sum, { rejected }) => sum + rejected, 0),
    };
  });
}
