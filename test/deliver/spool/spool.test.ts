import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { LossNotes } from "../../../src/deliver/loss-notes.ts";
import { Spool } from "../../../src/deliver/spool/spool.ts";
import { LineWriter, NO_TRACE } from "../../../src/deliver/spool/spool-lines.ts";

const DESTINATION = "http://127.0.0.1:4319/v5";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-spool-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A spool, and what it said. */
function openSpool(
  folder: string,
  more: { maxBytes?: number; destination?: string; isShared?: boolean } = {},
) {
  const said: string[] = [];
  const warn = (message: string): void => {
    said.push(message);
  };
  const notes = new LossNotes({ error: warn, warn, info: warn, debug: warn, verbose: warn });
  const spool = new Spool({
    folder,
    isShared: false,
    takesSpans: true,
    maxBytes: 1e8,
    destination: DESTINATION,
    notes,
    ...more,
  });
  onTestFinished(() => spool.close());
  return { spool, said };
}

function traceId(number: number): string {
  return number.toString(16).padStart(32, "0");
}

/** Everything that is on disk alone, settled as it is read. */
async function takeAll(spool: Spool): Promise<Record<string, readonly string[]>> {
  const taken: Record<string, readonly string[]> = {};
  for await (const { traceId: id, lines } of spool.takeLeft()) taken[id] = lines;
  return taken;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".spool"));
}

describe("a spool", () => {
  it("has a line with the system when append returns, for this user alone", () => {
    const folder = join(makeFolder(), "a", "b");
    const { spool } = openSpool(folder);

    spool.append(traceId(1), '{"n":1}');

    const [name = ""] = filesIn(folder);
    expect(readFileSync(join(folder, name), "utf8")).toContain('{"n":1}');
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("gives the next one what nobody was done with, and only that", async () => {
    const folder = makeFolder();
    const { spool: first } = openSpool(folder);
    for (const number of [1, 2, 3]) {
      first.append(traceId(number), `{"n":${number}}`);
      first.append(traceId(number), `{"more":${number}}`);
      first.hold(traceId(number));
    }
    first.release(traceId(2));
    first.close();

    const { spool: next } = openSpool(folder);
    await next.adopt();
    const taken = await takeAll(next);

    expect(taken).toEqual({
      [traceId(1)]: ['{"n":1}', '{"more":1}'],
      [traceId(3)]: ['{"n":3}', '{"more":3}'],
    });
    expect(filesIn(folder)).toEqual([]);
  });

  it("gives again what was being sent when the next one ended, too", async () => {
    const folder = makeFolder();
    const { spool: first } = openSpool(folder);
    first.append(traceId(1), '{"n":1}');
    first.hold(traceId(1));
    first.close();
    const { spool: second } = openSpool(folder);
    await second.adopt();
    const left = second.takeLeft();
    await left.next();
    second.close();

    const { spool: third } = openSpool(folder);
    await third.adopt();

    expect(await takeAll(third)).toEqual({ [traceId(1)]: ['{"n":1}'] });
  });

  it("holds a trace until the last of its holders is done", async () => {
    const folder = makeFolder();
    const { spool } = openSpool(folder);
    spool.append(traceId(1), "{}");
    spool.hold(traceId(1));
    spool.hold(traceId(1));
    spool.release(traceId(1));
    spool.close();

    const { spool: next } = openSpool(folder);
    await next.adopt();

    expect(Object.keys(await takeAll(next))).toEqual([traceId(1)]);
  });

  it("keeps no file whose traces are all done", () => {
    const folder = makeFolder();
    const { spool } = openSpool(folder);
    const text = JSON.stringify({ text: "x".repeat(100_000) });
    for (let number = 1; number <= 200; number += 1) {
      spool.append(traceId(number), text);
      spool.hold(traceId(number));
    }
    expect(filesIn(folder).length).toBeGreaterThan(3);

    for (let number = 1; number <= 200; number += 1) spool.release(traceId(number));

    expect(filesIn(folder).length).toBe(1);
    spool.close();
    expect(filesIn(folder)).toEqual([]);
  });

  it("reads a trace that is spread over several files in its order", async () => {
    const folder = makeFolder();
    const { spool: first } = openSpool(folder);
    const filler = JSON.stringify({ text: "x".repeat(1_500_000) });
    for (let number = 1; number <= 8; number += 1) {
      first.append(traceId(1), `{"part":${number}}`);
      first.append(traceId(2), filler);
    }
    first.hold(traceId(1));
    first.hold(traceId(2));
    first.release(traceId(2));
    first.close();

    const { spool: next } = openSpool(folder);
    await next.adopt();

    expect(await takeAll(next)).toEqual({
      [traceId(1)]: [1, 2, 3, 4, 5, 6, 7, 8].map((part) => `{"part":${part}}`),
    });
  });

  it("leaves a trace to the disk only where all of it is there", () => {
    const folder = makeFolder();
    const { spool, said } = openSpool(folder, { maxBytes: 2_000 });
    spool.append(traceId(1), "{}");
    spool.append(traceId(2), "{}");
    spool.append(traceId(2), JSON.stringify("x".repeat(3_000)));

    expect([1, 2, 3].map((number) => spool.leave(traceId(number)))).toEqual([true, false, false]);
    expect(said).toEqual([expect.stringContaining("The spool is full: its files have 2000 bytes")]);
  });

  it("writes again once there is room", () => {
    const folder = makeFolder();
    const { spool } = openSpool(folder, { maxBytes: 400_000 });
    const text = JSON.stringify("x".repeat(300_000));
    spool.append(traceId(1), text);
    spool.hold(traceId(1));
    spool.append(traceId(2), text);
    expect(spool.leave(traceId(2))).toBe(false);

    spool.release(traceId(1));
    spool.close();
    const { spool: next } = openSpool(folder, { maxBytes: 400_000 });
    next.append(traceId(3), text);

    expect(next.leave(traceId(3))).toBe(true);
  });

  it("lets one of two who adopt at once have each trace", async () => {
    const folder = makeFolder();
    for (let number = 1; number <= 20; number += 1) {
      const { spool } = openSpool(folder);
      spool.append(traceId(number), `{"n":${number}}`);
      spool.hold(traceId(number));
      spool.close();
    }

    const adopters = [1, 2, 3].map(() => openSpool(folder).spool);
    await Promise.all(adopters.map((spool) => spool.adopt()));
    const taken = await Promise.all(adopters.map(takeAll));

    const ids = taken.flatMap((one) => Object.keys(one));
    expect(ids.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => traceId(index + 1)));
  });

  it("leaves another destination's files alone", async () => {
    const folder = makeFolder();
    const { spool: other } = openSpool(folder, { destination: "http://elsewhere/v5" });
    other.append(traceId(1), "{}");
    other.hold(traceId(1));
    other.close();

    const { spool, said } = openSpool(folder);
    await spool.adopt();

    expect(await takeAll(spool)).toEqual({});
    expect(filesIn(folder).length).toBe(1);
    expect(said).toEqual([]);
  });

  it("takes no file from an owner that runs", async () => {
    const folder = makeFolder();
    const { spool: running } = openSpool(folder);
    running.append(traceId(1), "{}");
    running.hold(traceId(1));

    const { spool } = openSpool(folder);
    await spool.adopt();

    expect(await takeAll(spool)).toEqual({});
  });

  it("takes the file of a process that is gone, and of an earlier one with a living pid", async () => {
    const folder = makeFolder();
    const { spool: gone } = openSpool(folder);
    gone.append(traceId(1), "{}");
    const [name = ""] = filesIn(folder);
    const content = readFileSync(join(folder, name));
    const [host] = name.split("-");
    writeFileSync(join(folder, `${host}-4194303-1-aaaaaaaa-000001.spool`), content);
    writeFileSync(join(folder, `${host}-${process.pid}-1-bbbbbbbb-000001.spool`), content);

    const { spool } = openSpool(folder);
    await spool.adopt();

    const adopted = filesIn(folder).filter((file) => file !== name);
    expect(new Set(adopted.map((file) => file.split("-")[1]))).toEqual(
      new Set([String(process.pid)]),
    );
    expect(adopted.some((file) => file.includes("aaaaaaaa") || file.includes("bbbbbbbb"))).toBe(
      false,
    );
  });
});

describe("a trace that goes on", () => {
  it("while it is read gives its new line, too", async () => {
    const { spool } = openSpool(makeFolder());
    for (const number of [1, 2]) {
      spool.append(traceId(number), '{"part":1}');
      spool.leave(traceId(number));
    }
    const taken: Record<string, readonly string[]> = {};

    for await (const { traceId: id, lines } of spool.takeLeft()) {
      if (Object.keys(taken).length === 0) spool.append(traceId(2), '{"part":2}');
      taken[id] = lines;
    }

    expect(taken).toEqual({
      [traceId(1)]: ['{"part":1}'],
      [traceId(2)]: ['{"part":1}', '{"part":2}'],
    });
  });

  it("in memory is not given before that is over", async () => {
    const { spool } = openSpool(makeFolder());
    for (const number of [1, 2]) {
      spool.append(traceId(number), "{}");
      spool.leave(traceId(number));
    }

    const first = spool.takeLeft();
    await first.next();
    spool.hold(traceId(2));
    const end = await first.next();
    spool.release(traceId(2));

    expect(end.done).toBe(true);
    expect(Object.keys(await takeAll(spool))).toEqual([traceId(2)]);
  });

  it("just after it was settled is not marked as sent with what came before", async () => {
    const folder = makeFolder();
    const { spool: first } = openSpool(folder);
    first.append(traceId(1), '{"part":1}');
    first.hold(traceId(1));
    first.release(traceId(1));
    first.append(traceId(1), '{"part":2}');
    first.hold(traceId(1));
    first.close();

    const { spool: next } = openSpool(folder);
    await next.adopt();

    expect(await takeAll(next)).toEqual({ [traceId(1)]: ['{"part":2}'] });
  });
});

describe("an adopted file", () => {
  it("counts as touched, however old it was", async () => {
    const folder = makeFolder();
    const { spool: gone } = openSpool(folder);
    gone.append(traceId(1), "{}");
    gone.hold(traceId(1));
    gone.close();
    const [name = ""] = filesIn(folder);
    utimesSync(join(folder, name), 0, 0);
    const { spool: adopter } = openSpool(folder);
    await adopter.adopt();

    const { spool: other } = openSpool(folder);
    await other.adopt();

    expect(await takeAll(other)).toEqual({});
    expect(Object.keys(await takeAll(adopter))).toEqual([traceId(1)]);
  });

  it("does not send again what was sent of it when its adopter ended before it was through", async () => {
    const folder = makeFolder();
    const { spool: gone } = openSpool(folder);
    for (const number of [1, 2, 3]) {
      gone.append(traceId(number), "{}");
      gone.hold(traceId(number));
    }
    gone.close();
    const { spool: adopter } = openSpool(folder);
    await adopter.adopt();
    const left = adopter.takeLeft();
    for (let count = 0; count < 3; count += 1) await left.next();
    adopter.close();

    const { spool: next } = openSpool(folder);
    await next.adopt();

    expect(Object.keys(await takeAll(next))).toEqual([traceId(3)]);
  });
});

describe("a file that somebody removes while it is used", () => {
  it("keeps nobody from the others", async () => {
    const folder = makeFolder();
    const { spool } = openSpool(folder);
    const filler = JSON.stringify("x".repeat(5_000_000));
    for (const number of [1, 2, 3]) {
      spool.append(traceId(number), filler);
      spool.leave(traceId(number));
    }
    const [, second = ""] = filesIn(folder).toSorted();
    rmSync(join(folder, second));

    expect(await takeAll(spool)).toEqual({
      [traceId(1)]: [filler],
      [traceId(2)]: [],
      [traceId(3)]: [filler],
    });
  });
});

describe("a folder that is no good spool", () => {
  it("is used beside what is none of ours: garbage, a newer format, an empty file", async () => {
    const folder = makeFolder();
    const name = (random: string): string => `${"0".repeat(8)}-0-1-${random}-000001.spool`;
    const newer = new LineWriter();
    newer.add(NO_TRACE, '{"format":2,"destination":"x"}');
    writeFileSync(join(folder, "notes.txt"), "mine");
    writeFileSync(join(folder, name("aaaaaaaa")), Buffer.alloc(10_000, 7));
    writeFileSync(join(folder, name("bbbbbbbb")), newer.take());
    writeFileSync(join(folder, name("cccccccc")), "");
    symlinkSync("/nowhere", join(folder, name("dddddddd")));

    const { spool, said } = openSpool(folder);
    await spool.adopt();
    spool.append(traceId(1), "{}");

    expect(spool.leave(traceId(1))).toBe(true);
    expect(said.toSorted()).toEqual([
      expect.stringContaining("is no spool file of flowspan and is left alone"),
      expect.stringContaining("was written by a newer flowspan (format 2, expected 1)"),
    ]);
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(["notes.txt", name("aaaaaaaa"), name("bbbbbbbb")]),
    );
    expect(readdirSync(folder)).not.toContain(name("cccccccc"));
  });

  it("is said once where it can't be made or written, and nothing throws", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "file"), "");

    for (const bad of [join(folder, "file"), join(folder, "file", "below"), "/proc/none/below"]) {
      const { spool, said } = openSpool(bad);
      await spool.adopt();
      for (let count = 0; count < 5; count += 1) spool.append(traceId(1), "{}");
      expect(spool.leave(traceId(1))).toBe(false);
      spool.close();

      expect(said.filter((line) => line.includes("can't be written")).length).toBe(1);
    }
  });

  it("is refused where everybody may make files and it is not this user's alone", async () => {
    const folder = makeFolder();
    const { spool: stranger } = openSpool(folder);
    stranger.append(traceId(1), "{}");
    stranger.close();
    chmodSync(folder, 0o755);
    const link = join(makeFolder(), "link");
    symlinkSync(makeFolder(), link);

    for (const bad of [folder, link]) {
      const { spool, said } = openSpool(bad, { isShared: true });
      await spool.adopt();
      const before = filesIn(bad);
      spool.append(traceId(2), "{}");

      expect(await takeAll(spool)).toEqual({});
      expect(new Set(said)).toEqual(
        new Set([
          expect.stringContaining(
            "can't be read and is left alone: expected a folder of this user",
          ),
          expect.stringContaining("can't be written"),
        ]),
      );
      expect(filesIn(bad)).toEqual(before);
    }
  });
});
