import { describe, expect, it } from "vitest";
import { Backlog } from "../../../src/deliver/backlog.ts";
import { LossNotes } from "../../../src/deliver/loss-notes.ts";
import type { TraceDisk } from "../../../src/deliver/trace-disk.ts";
import type { Entry, TraceLine } from "../../../src/deliver/trace-line.ts";
import { traceIdOf } from "../../../src/deliver/trace-line.ts";
import { create, draft, update } from "../operations.ts";

const silent = (): void => {};

/** A disk that has everything. */
const DISK: TraceDisk = {
  hold: silent,
  release: silent,
  leave: () => true,
  leaveAs: () => true,
};

const ROOT = draft("flow", `log_${"a".repeat(32)}${"1".repeat(16)}`);
const TOOL = draft("tool", `log_${"a".repeat(32)}${"2".repeat(16)}`, ROOT);
const OPERATIONS = [create(ROOT), create(TOOL)];

/** A backlog with one trace of two logs. */
function setUp(): { backlog: Backlog; line: TraceLine; root: Entry; tool: Entry } {
  const backlog = new Backlog(
    new LossNotes({ error: silent, warn: silent, info: silent, debug: silent, verbose: silent }),
    silent,
    DISK,
  );
  for (const operation of OPERATIONS) backlog.add(operation);
  const [line] = backlog.waiting;
  const [root, tool] = line?.entries ?? [];
  if (!line || !root || !tool) throw new Error("expected a line of two entries");
  return { backlog, line, root, tool };
}

function comeBack(backlog: Backlog, line: TraceLine): void {
  backlog.readmit(traceIdOf(line), () => {
    for (const operation of OPERATIONS) backlog.add(operation);
  });
}

describe("the stats of a trace that was left to the disk", () => {
  it("add up where a log of it had been refused", () => {
    const { backlog, line, tool } = setUp();
    backlog.markSending(tool);
    backlog.lose(tool, "refused-422");

    backlog.leaveLine(line, false);
    const left = backlog.stats();
    comeBack(backlog, line);

    expect(left).toMatchObject({ recorded: 2, spooled: 1, dropped: { "refused-422": 1 } });
    expect(backlog.stats()).toMatchObject({
      recorded: 3,
      sent: 0,
      spooled: 0,
      pending: 2,
      dropped: { "refused-422": 1 },
    });
  });

  it("count what is in an open request with the rest, whatever is answered", () => {
    for (const answer of ["taken", "again", "lost"] as const) {
      const { backlog, line, root } = setUp();
      backlog.markSending(root);

      backlog.leaveLine(line, false);
      expect(backlog.stats()).toMatchObject({ recorded: 2, sent: 0, spooled: 1, pending: 1 });
      if (answer === "taken") backlog.taken(root);
      else if (answer === "again") backlog.again(root);
      else backlog.lose(root, "refused-422");
      const left = backlog.stats();
      comeBack(backlog, line);

      const dropped = answer === "lost" ? { "refused-422": 1 } : {};
      const count = answer === "lost" ? 1 : 2;
      expect(left).toMatchObject({ recorded: 2, sent: 0, pending: 0, spooled: count, dropped });
      expect(backlog.stats()).toMatchObject({ sent: 0, pending: 2, spooled: 0, dropped });
    }
  });

  it("add up when more of a trace comes than is remembered of quiet ones", () => {
    const { backlog, line } = setUp();
    backlog.leaveLine(line, false);

    for (let count = 0; count < 21_000; count += 1) {
      backlog.add(create(draft("tool", `log_${"a".repeat(32)}${count}`, ROOT)));
    }
    backlog.add(update(ROOT, ["source"]));

    expect(backlog.stats()).toMatchObject({ recorded: 21_002, sent: 0, spooled: 21_002 });
  });

  it("name what did not come back", () => {
    const { backlog, line } = setUp();

    backlog.leaveLine(line, false);
    backlog.readmit(traceIdOf(line), () => backlog.add(create(ROOT)));

    expect(backlog.stats()).toMatchObject({
      recorded: 2,
      sent: 0,
      pending: 1,
      spooled: 0,
      dropped: { "spool-lost": 1 },
    });
  });
});
