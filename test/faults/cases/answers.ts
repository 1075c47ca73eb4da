import type { FaultCase, Size } from "../fault-case.ts";
import type { Weather } from "../faulty-proxy.ts";
import { ALL_WELL, fairWhenLoaded, hastyLoad, pacedLoad, playLoad } from "../load.ts";
import { sleep } from "../stage.ts";

/** Answers are slow, cut or never heard. */
export const ANSWERS: readonly FaultCase[] = [
  {
    name: "every answer takes 5 s (quick: 1 s): nothing is lost",
    expected: ALL_WELL,
    run: (size) =>
      playLoad(size, {
        orders: pacedLoad(size),
        before: ({ proxy }) => proxy.turn({ delayMillis: size === "full" ? 5_000 : 1_000 }),
      }),
  },
  {
    name: "every answer takes 50 ms while spans end as fast as they can: nothing is lost",
    expected: ALL_WELL,
    run: (size) =>
      playLoad(size, {
        orders: hastyLoad(size),
        before: ({ proxy }) => proxy.turn({ delayMillis: 50 }),
      }),
  },
  {
    name: "connections are reset at random: nothing is lost, nothing comes twice",
    expected: { ...ALL_WELL, isHarmed: true },
    run: (size) => playHarmed(size, { resetShare: size === "full" ? 0.2 : 0.4 }),
  },
  {
    name: "answers are cut after the request was taken: nothing is lost, nothing comes twice",
    expected: { ...ALL_WELL, isHarmed: true },
    run: (size) => playHarmed(size, { cutShare: 0.5 }),
  },
  {
    name: "answers never come for a while: nothing is lost",
    expected: ALL_WELL,
    run: (size) =>
      playLoad(size, {
        orders: {
          ...pacedLoad(size),
          options: { requestTimeoutMillis: size === "full" ? 5_000 : 2_000 },
        },
        before: ({ proxy }) => proxy.turn("black hole"),
        during: fairWhenLoaded,
      }),
  },
];

/** Connections come to harm while the program runs. */
function playHarmed(size: Size, weather: Weather) {
  return playLoad(size, {
    orders: pacedLoad(size),
    before: ({ proxy }) => proxy.turn(weather),
    during: async ({ proxy, program }) => {
      await program.loaded;
      await sleep(size === "full" ? 5_000 : 500);
      await proxy.turn("fair");
      return { harms: proxy.harms, isHarmed: proxy.harms > 0 };
    },
  });
}
