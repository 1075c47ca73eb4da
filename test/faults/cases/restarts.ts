import type { FaultCase, Size } from "../fault-case.ts";
import { ALL_WELL, pacedLoad, playLoad } from "../load.ts";
import { onStage, sleep, until } from "../stage.ts";

/** The server's process ends under load, well or badly; or the program's own does. */
export const RESTARTS: readonly FaultCase[] = [
  {
    name: "the server is restarted under load by SIGTERM: nothing is lost",
    expected: { ...ALL_WELL, restarts: 2 },
    run: (size) => playRestarts(size, "SIGTERM", 2),
  },
  {
    name: "the server is killed by kill -9 under load, again and again: nothing is lost",
    expected: ALL_WELL,
    run: (size) => playRestarts(size, "SIGKILL", size === "full" ? 50 : 2),
  },
  {
    name: "a long agent is killed by kill -9: what had ended is there, the trace is incomplete",
    expected: { ended: 9, missing: 0, status: "incomplete", exitCode: 137 },
    run: () => playKilledAgent(),
  },
];

/** The program sends straight to the server, whose port stays. */
function playRestarts(size: Size, signal: NodeJS.Signals, restarts: number) {
  const load = pacedLoad(size);
  // Enough to be under load all the while, and not more than memory holds: one restart takes about
  // two seconds, and the server is away for most of them.
  const orders =
    size === "full"
      ? { ...load, perSecond: 5, traces: Math.max(100, 10 * restarts) }
      : { ...load, traces: 4 * load.traces };
  return playLoad(size, {
    orders,
    url: ({ server }) => server.url,
    during: async ({ server }) => {
      for (let count = 0; count < restarts; count += 1) {
        const newest = await server.newestTrace();
        await until(5_000, async () => (await server.newestTrace()) !== newest);
        // While it takes logs, and never at the same point of its work.
        await sleep((count * 37) % 200);
        await server.stop(signal);
        await server.start();
      }
      return { restarts };
    },
  });
}

function playKilledAgent() {
  return onStage(async (stage) => {
    const server = await stage.server();
    const program = stage.program(server.url, {
      traces: 1,
      answerMillis: 20,
      tellsIds: true,
      hangsAfter: 9,
      options: { openTraceMillis: 100 },
    });
    const countMissing = async () => {
      const there = await server.logIds();
      return program.ids.filter((id) => !there.has(id)).length;
    };
    await until(15_000, async () => program.ids.length === 9 && (await countMissing()) === 0);

    const { exitCode } = await program.kill("SIGKILL");
    const [trace] = await server.traces();
    return {
      ended: program.ids.length,
      missing: await countMissing(),
      status: trace?.trace_status,
      exitCode,
    };
  });
}
