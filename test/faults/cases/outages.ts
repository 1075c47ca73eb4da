import { startFailingServer } from "../failing-server.ts";
import type { FaultCase, Size } from "../fault-case.ts";
import type { LoadPlay, Scene } from "../load.ts";
import { ALL_WELL, fairWhenLoaded, hastyLoad, pacedLoad, playLoad } from "../load.ts";
import type { RealServer } from "../real-server.ts";
import { sleep, until } from "../stage.ts";

/** The server can't be reached, or what answers in its place fails. */
export const OUTAGES: readonly FaultCase[] = [
  {
    name: "no fault: everything arrives",
    expected: ALL_WELL,
    run: (size) => playLoad(size, { orders: pacedLoad(size) }),
  },
  {
    name: "no fault, and spans end as fast as they can: everything arrives",
    expected: ALL_WELL,
    run: (size) => playLoad(size, { orders: hastyLoad(size) }),
  },
  {
    name: "the server is down from the start, and back: nothing is lost",
    expected: ALL_WELL,
    run: (size) =>
      playLoad(size, {
        orders: pacedLoad(size),
        before: ({ proxy }) => proxy.turn("down"),
        during: fairWhenLoaded,
      }),
  },
  {
    name: "the server is down while spans end as fast as they can, and back: no log is lost",
    expected: ALL_WELL,
    run: (size) =>
      playLoad(size, {
        orders: hastyLoad(size),
        before: ({ proxy }) => proxy.turn("down"),
        during: fairWhenLoaded,
      }),
  },
  {
    name: "the server goes down in the middle, and comes back: nothing is lost",
    expected: ALL_WELL,
    run: (size) =>
      playLoad(size, {
        orders: pacedLoad(size),
        during: async ({ proxy, server }) => {
          await untilUnderLoad(server, size);
          await proxy.turn("down");
          await sleep(size === "full" ? 10_000 : 400);
          await proxy.turn("fair");
          return undefined;
        },
      }),
  },
  {
    name: "500 from the start: nothing is lost",
    expected: { ...ALL_WELL, isMet: true },
    run: (size) => playFailing(size, { status: 500, isFromStart: true }),
  },
  {
    name: "500 in the middle: nothing is lost",
    expected: { ...ALL_WELL, isMet: true },
    run: (size) => playFailing(size, { status: 500, isFromStart: false }),
  },
  {
    name: "429 with Retry-After: nothing is lost, and the server is left in peace meanwhile",
    expected: { ...ALL_WELL, isMet: true, isLeftInPeace: true },
    run: (size) => playFailing(size, { status: 429, isFromStart: false, retryAfterSeconds: 1 }),
  },
  {
    name: "the name can't be looked up, then it can: nothing is lost",
    expected: ALL_WELL,
    run: (size) =>
      playLoad(size, {
        orders: { ...pacedLoad(size), lookupWaits: true },
        // A server takes requests by another name than localhost only with a key.
        apiKey: "faults",
        env: () => ({ FLOWSPAN_API_KEY: "faults" }),
        url: ({ proxy }) => `http://flowspan.invalid:${proxy.port}`,
        during: async ({ program }) => {
          await program.loaded;
          program.mendLookup();
          return undefined;
        },
      }),
  },
];

/** Faults in the middle begin when the first logs are in; in full, some seconds later. */
async function untilUnderLoad(server: RealServer, size: Size): Promise<void> {
  await until(20_000, async () => (await server.newestTrace()) !== undefined);
  if (size === "full") await sleep(5_000);
}

interface Failing {
  readonly status: number;
  readonly isFromStart: boolean;
  readonly retryAfterSeconds?: number;
}

/** Another server answers for a while, and always alike. */
function playFailing(size: Size, { status, isFromStart, retryAfterSeconds }: Failing) {
  const failMillis = size === "full" ? 10_000 : 1_000;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  const begin = async ({ stage, proxy }: Omit<Scene, "program">) => {
    const failing = await startFailingServer(status, headers);
    stage.onEnd(() => failing.close());
    proxy.leadTo(failing.port);
    return failing;
  };
  let failing: ReturnType<typeof begin> | undefined;
  const play: LoadPlay = {
    orders: pacedLoad(size),
    before: async (scene) => {
      if (isFromStart) failing = begin(scene);
      await failing;
    },
    during: async (scene) => {
      if (!isFromStart) await untilUnderLoad(scene.server, size);
      failing ??= begin(scene);
      const answering = await failing;
      await sleep(failMillis);
      await until(20_000, () => answering.requests > 0);
      scene.proxy.leadTo(scene.server.port);
      const { requests } = answering;
      const isMet = requests > 0;
      if (retryAfterSeconds === undefined) return { requestsMeanwhile: requests, isMet };
      // Requests that were open together when it began, then one after each wait.
      const maxRequests = 4 + Math.ceil(failMillis / (retryAfterSeconds * 1000));
      return { requestsMeanwhile: requests, isMet, isLeftInPeace: requests <= maxRequests };
    },
  };
  return playLoad(size, play);
}
