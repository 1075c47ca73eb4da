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
  // A start takes about a second.
  const traces = size === "full" ? load.traces * Math.max(1, restarts / 16) : 2 * load.traces;
  return playLoad(size, {
    orders: { ...load, traces: Math.ceil(traces) },
    url: ({ server }) => server.url,
    during: async ({ server }) => {
      for (let count = 0; count < restarts; count += 1) {
        // Never at the same point of its work.
        await sleep(150 + ((count * 70) % 400));
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
