import type { FaultCase, Figures, Size } from "../fault-case.ts";
import type { Weather } from "../faulty-proxy.ts";
import { count } from "../load.ts";
import type { Stage } from "../stage.ts";
import { onStage, until } from "../stage.ts";
import type { Orders, WayToEnd } from "../traced-program.ts";

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
  {
    name: "the program ends in any way while the server is down: the next start sends what was left",
    expected: { lost: 0, duplicates: 0, torn: 0, incomplete: 0 },
    run: playLeftBehind,
  },
];

function exitCase(situation: string, where: Weather | typeof NOWHERE): FaultCase {
  return {
    name: `${situation} when the program ends: it ends by itself, with its own exit code`,
    expected: { exitCodes: ENDS.map(([way, code]) => `${way} ${code}`).join("; "), rejected: 0 },
    run: (size) => playEnds(size, where),
  };
}

function playLeftBehind(size: Size): Promise<Figures> {
  const options = { shutdownTimeoutMillis: size === "full" ? 2_000 : 500 };
  const tracesEach = size === "full" ? 20 : 5;
  return onStage(async (stage) => {
    const server = await stage.server();
    const proxy = await stage.proxy(server.port);
    await proxy.turn("down");
    await Promise.all(ENDS.map(([way]) => endOne(stage, proxy.url, way, tracesEach, options)));
    await proxy.turn("fair");

    const next = stage.program(proxy.url, { traces: tracesEach });
    await next.loaded;
    const traces = (ENDS.length + 1) * tracesEach;
    await until(20_000, async () => count(await server.traces(), traces).lost === 0);
    await next.end();
    return count(await server.traces(), traces);
  });
}

function playEnds(size: Size, where: Weather | typeof NOWHERE): Promise<Figures> {
  // The default in full.
  const shutdownTimeoutMillis = size === "full" ? 10_000 : 700;
  // An open request is nothing to wait for, however long it may take.
  const options = { shutdownTimeoutMillis, requestTimeoutMillis: 300_000 };
  return onStage(async (stage) => {
    const server = await stage.server();
    const proxy = await stage.proxy(server.port);
    if (where !== NOWHERE) await proxy.turn(where);
    const url = where === NOWHERE ? NOWHERE : proxy.url;

    const ends = await Promise.all(ENDS.map(([way]) => endOne(stage, url, way, 5, options)));
    return {
      exitCodes: ends.map(({ way, exitCode }) => `${way} ${exitCode}`).join("; "),
      secondsToEnd: Math.max(...ends.map(({ secondsToEnd }) => secondsToEnd)),
      deadlineSeconds: shutdownTimeoutMillis / 1000,
      rejected: ends.reduce((sum, { rejected }) => sum + rejected, 0),
    };
  });
}

/** A program that runs some agents and ends. */
async function endOne(
  stage: Stage,
  url: string,
  way: (typeof ENDS)[number][0],
  traces: number,
  options: Orders["options"],
) {
  const isSignal = way === "SIGTERM";
  const program = stage.program(url, { traces, options, end: isSignal ? "naturally" : way });
  const { rejected } = await program.loaded;
  const ended = await (isSignal ? program.kill(way) : program.end());
  return { way, rejected, ...ended };
}
