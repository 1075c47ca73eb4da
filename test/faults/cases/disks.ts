import { join } from "node:path";
import type { FaultCase } from "../fault-case.ts";
import { ALL_WELL, pacedLoad, playLoad } from "../load.ts";
import { SmallDisk, smallDiskSkipReason } from "../small-disk.ts";
import { until } from "../stage.ts";

/** The server's disk is full. */
export const DISKS: readonly FaultCase[] = [
  {
    name: "the server's disk is full, then there is room: nothing is lost",
    expected: { ...ALL_WELL, wasFull: true },
    skipReason: smallDiskSkipReason,
    run: (size) => {
      const disk = new SmallDisk(size === "full" ? 8 * 1024 : 1024);
      return playLoad(size, {
        orders: pacedLoad(size),
        dataFolder: (stage) => {
          stage.onEnd(() => disk.remove());
          return join(disk.folder, "data");
        },
        during: async ({ program, server }) => {
          await program.loaded;
          const wasFull = await until(10_000, () => server.output.includes("full"));
          disk.grow(256 * 1024);
          return { wasFull };
        },
      });
    },
  },
];
