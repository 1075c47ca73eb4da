import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FaultCase, Figures, Size } from "../fault-case.ts";
import { ALL_WELL, fairWhenLoaded, pacedLoad, playLoad } from "../load.ts";
import { SmallDisk, smallDiskSkipReason } from "../small-disk.ts";
import type { Stage } from "../stage.ts";
import { onStage, sleep, until } from "../stage.ts";

/** Programs with a spool, and spools that can't be had. */
export const SPOOLS: readonly FaultCase[] = [
  {
    name: "the program is killed by kill -9 again and again, with a spool: no ended span is lost",
    expected: { lost: 0, duplicates: 0, exitCode: 0 },
    run: playKills,
  },
  {
    name: "the spool's disk is full and the server down: the program goes on, and says it once",
    expected: { ...ALL_WELL, said: 1 },
    skipReason: smallDiskSkipReason,
    run: (size) => playSickSpool(size, async (stage) => smallDiskOf(stage).folder),
  },
  {
    name: "the spool's folder is read-only: the program goes on, and says it once",
    expected: { ...ALL_WELL, said: 1 },
    skipReason: smallDiskSkipReason,
    run: (size) =>
      playSickSpool(size, async (stage) => {
        const disk = smallDiskOf(stage);
        disk.makeReadOnly();
        return disk.folder;
      }),
  },
  {
    name: "the spool's folder is full of garbage: the program goes on, and says it once",
    expected: { ...ALL_WELL, said: 1 },
    run: (size) => playSickSpool(size, makeGarbage),
  },
];

/** Every second program finds no server; what each told to have ended must come in. */
function playKills(size: Size): Promise<Figures> {
  const kills = size === "full" ? 50 : 4;
  return onStage(async (stage) => {
    const server = await stage.server();
    const proxy = await stage.proxy(server.port);
    const env = { FLOWSPAN_SPOOL_DIR: join(stage.folder, "spool") };
    const ids: string[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await proxy.turn(kill % 2 === 0 ? "down" : "fair");
      const program = stage.program(proxy.url, { answerMillis: 2, tellsIds: true }, env);
      await until(20_000, () => program.ids.length > 0);
      // Never at the same point of its work.
      await sleep(20 + ((kill * 37) % 300));
      await program.kill("SIGKILL");
      ids.push(...program.ids);
    }

    await proxy.turn("fair");
    const last = stage.program(proxy.url, { traces: 1 }, env);
    await last.loaded;
    const countLost = async () => {
      const there = await server.logIds();
      return ids.filter((id) => !there.has(id)).length;
    };
    await until(30_000, async () => (await countLost()) === 0);
    const { exitCode } = await last.end();
    const doubled = (await server.traces()).filter(({ log_count }) => log_count > 13);
    return {
      kills,
      ended: ids.length,
      lost: await countLost(),
      duplicates: doubled.length,
      exitCode,
    };
  });
}

/** The server is away meanwhile, so that everything would wait in the spool. */
function playSickSpool(size: Size, makeFolder: (stage: Stage) => Promise<string>) {
  let folder = "";
  return playLoad(size, {
    orders: pacedLoad(size),
    env: () => ({ FLOWSPAN_SPOOL_DIR: folder }),
    before: async ({ stage, proxy }) => {
      folder = await makeFolder(stage);
      await proxy.turn("down");
    },
    during: fairWhenLoaded,
    listensFor: /spool/i,
  });
}

function smallDiskOf(stage: Stage): SmallDisk {
  const disk = new SmallDisk(256);
  stage.onEnd(() => disk.remove());
  return disk;
}

async function makeGarbage(stage: Stage): Promise<string> {
  const folder = join(stage.folder, "spool");
  await mkdir(join(folder, "a-folder.spool"), { recursive: true });
  await writeFile(join(folder, "notes.txt"), "nothing of flowspan's");
  // Names of files that their owner gave up.
  for (const number of ["000001", "000002", "000003"]) {
    const name = `00000000-0-0-0badf00d-${number}.spool`;
    await writeFile(join(folder, name), "\u0000\uffff{ no spool }\n".repeat(1_000));
  }
  return folder;
}
