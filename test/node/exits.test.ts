import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it, onTestFinished } from "vitest";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";
import { makeTemporaryFolder, preparePrograms, runProgram, startProgram } from "./run-program.ts";

preparePrograms();

const AGENT = 'const agent = flow("agent", async () => tool("t", () => "x")());';
/** Runs three agents and says so; then nothing more happens. */
const THREE = `${AGENT} (async () => { for (let n = 0; n < 3; n++) await agent(); console.log("ready"); })();`;
const LASTS = "setInterval(() => {}, 1_000);";

async function startSink(): Promise<LogApiSink> {
  const sink = await startLogApiSink({ batch: true });
  onTestFinished(() => sink.close());
  return sink;
}

/** An address where nobody listens, and who listens there later. */
async function awayThenBack(): Promise<{ url: string; back(): Promise<LogApiSink> }> {
  const sink = await startLogApiSink({ batch: true });
  await sink.close();
  const back = async (): Promise<LogApiSink> => {
    const again = await startLogApiSink({ batch: true, port: Number(new URL(sink.url).port) });
    onTestFinished(() => again.close());
    return again;
  };
  return { url: sink.url, back };
}

/** A program that does nothing but start, and so brings back what others left. */
const NEXT =
  "const tracing = start(); setTimeout(async () => console.log(JSON.stringify(await tracing.flush())), 50);";

describe.each([
  ["process.exit", "setTimeout(() => process.exit(4), 100);", { code: 4 }],
  [
    "an uncaught error",
    'setTimeout(() => { throw new Error("theirs"); }, 100);',
    { code: 1, stderr: expect.stringContaining("Error: theirs") },
  ],
  [
    "an unhandled rejection",
    'setTimeout(() => Promise.reject(new Error("theirs")), 100);',
    { code: 1, stderr: expect.stringContaining("Error: theirs") },
  ],
  [
    "an error in an exit listener",
    'process.on("exit", () => { throw new Error("theirs"); }); setTimeout(() => process.exit(4), 100);',
    { stderr: expect.stringContaining("Error: theirs") },
  ],
  [
    "process.exit while it shuts down",
    "setTimeout(() => { tracing.shutdown(); setTimeout(() => process.exit(4), 50); }, 50);",
    { code: 4 },
  ],
])("%s", (_, end, expected) => {
  it("ends the program as it would, and the next start sends what was not sent", async () => {
    const temporary = await makeTemporaryFolder();
    const { url, back } = await awayThenBack();

    const ended = await runProgram(`const tracing = start(); ${THREE} ${end}`, url, {
      TMPDIR: temporary,
    });
    const sink = await back();
    const next = await runProgram(NEXT, url, { TMPDIR: temporary });

    expect(ended).toMatchObject(expected);
    expect(JSON.parse(next.stdout)).toMatchObject({
      recorded: 6,
      sent: 6,
      spooled: 0,
      dropped: {},
    });
    expect(sink.logs.size).toBe(6);
    expect(sink.completed.size).toBe(3);
  });
});

describe.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s", (signal) => {
  it("sends what is left and then ends the program as it would", async () => {
    const sink = await startSink();
    const { child, ended, printed } = await startProgram(`start(); ${THREE} ${LASTS}`, sink.url);

    await printed("ready");
    child.kill(signal);

    expect(await ended).toMatchObject({ code: null, signal, stderr: "" });
    expect(sink.completed.size).toBe(3);
  });

  it("leaves the end to a program that listens itself, though it listens once", async () => {
    const sink = await startSink();
    for (const order of ["start(); LISTEN", "LISTEN start();"]) {
      const listen = `process.once("${signal}", () => setTimeout(() => { agent().then(() => process.exit(7)); }, 400));`;
      const program = `${order.replace("LISTEN", listen)} ${THREE} ${LASTS}`;
      const { child, ended, printed } = await startProgram(program, sink.url);

      await printed("ready");
      child.kill(signal);

      expect(await ended).toMatchObject({ code: 7, signal: null });
    }
  });
});

describe("a signal", () => {
  it("waits two seconds for a server that is away, and the next start sends", async () => {
    const temporary = await makeTemporaryFolder();
    const { url, back } = await awayThenBack();
    const { child, ended, printed } = await startProgram(`start(); ${THREE} ${LASTS}`, url, {
      TMPDIR: temporary,
    });

    await printed("ready");
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({
      signal: "SIGTERM",
      stderr: expect.stringContaining("6 logs were not sent. They are in "),
    });
    const sink = await back();
    await runProgram(NEXT, url, { TMPDIR: temporary });

    expect(sink.completed.size).toBe(3);
  });

  it("that a program takes for something else leaves the end to a later one", async () => {
    const sink = await startSink();
    const program = `start(); ${THREE}
      process.on("SIGHUP", () => setTimeout(() => { agent(); console.log("reloaded"); }, 500)); ${LASTS}`;
    const { child, ended, printed } = await startProgram(program, sink.url);

    await printed("ready");
    child.kill("SIGHUP");
    await printed("reloaded");
    child.kill("SIGTERM");

    expect(await ended).toMatchObject({ code: null, signal: "SIGTERM", stderr: "" });
    expect(sink.completed.size).toBe(4);
  });

  it("that comes twice waits for nothing", async () => {
    const sink = await startLogApiSink({ batch: true, fault: () => "hang" });
    onTestFinished(() => sink.close());
    // Counted in the program's own time: a busy machine makes no difference.
    const ticks = 'setInterval(() => process.stdout.write("."), 100);';
    const { child, ended, printed } = await startProgram(`start(); ${THREE} ${ticks}`, sink.url);

    await printed("ready");
    child.kill("SIGINT");
    await printed("..");
    child.kill("SIGINT");
    const { signal, stdout } = await ended;

    expect(signal).toBe("SIGINT");
    expect(stdout.split(".").length).toBeLessThan(12);
  });

  it("ends a program that uses signal-exit", async () => {
    const sink = await startSink();
    const signalExit = createRequire(import.meta.url).resolve("signal-exit");
    const program = `start(); require(${JSON.stringify(signalExit)}).onExit((code, signal) => console.log("cleaned", signal)); ${THREE} ${LASTS}`;
    const { child, ended, printed } = await startProgram(program, sink.url);

    await printed("ready");
    child.kill("SIGTERM");

    expect(await ended).toMatchObject({ signal: "SIGTERM", stdout: "ready\ncleaned SIGTERM\n" });
    expect(sink.completed.size).toBe(3);
  });

  it("is the program's alone again after shutdown", async () => {
    const sink = await startSink();
    const program = `const tracing = start(); ${THREE} ${LASTS}
      const before = ["SIGTERM", "SIGINT", "exit", "beforeExit"].map((name) => process.listenerCount(name));
      tracing.shutdown().then(() => console.log(before.join(), ["SIGTERM", "SIGINT", "exit", "beforeExit"].map((name) => process.listenerCount(name)).join(), "over"));`;
    const { child, ended, printed } = await startProgram(program, sink.url);

    await printed("over");
    child.kill("SIGTERM");

    expect((await ended).stdout).toContain("1,1,1,1 0,0,0,0 over");
  });
});

describe("a worker thread", () => {
  it.each([
    ["its natural end", ""],
    ["process.exit in it", "setTimeout(() => process.exit(4), 100);"],
  ])("loses nothing at %s", async (_, end) => {
    const temporary = await makeTemporaryFolder();
    const sink = await startSink();
    const worker = `${THREE.replace("console.log", "")} ${end}`;
    const program = `
      const { Worker } = require("node:worker_threads");
      const code = "const { start, flow, tool } = require(" + JSON.stringify(require.resolve("./flowspan.cjs")) + "); start();" + ${JSON.stringify(worker)};
      new Worker(code, { eval: true });`;

    await runProgram(program, sink.url, { TMPDIR: temporary });
    await runProgram(NEXT, sink.url, { TMPDIR: temporary });

    expect(sink.completed.size).toBe(3);
  });
});

describe("spoolDir", () => {
  it("keeps every ended span of a program that is killed, and what was open above it", async () => {
    const spool = await makeTemporaryFolder();
    const { url, back } = await awayThenBack();
    const program = `start(); ${THREE}
      flow("long", async () => { tool("step", () => "done")(); await tool("hangs", () => new Promise(() => {}))(); })(); ${LASTS}`;
    const { child, ended, printed } = await startProgram(program, url, {
      FLOWSPAN_SPOOL_DIR: spool,
    });

    await printed("ready");
    child.kill("SIGKILL");
    await ended;
    const sink = await back();
    await runProgram(NEXT, url, { FLOWSPAN_SPOOL_DIR: spool });

    const paths = [...sink.logs.values()].map(({ fields }) => fields.path);
    expect(paths.toSorted()).toEqual(["agent", "agent", "agent", "long", "step", "t", "t", "t"]);
    expect(sink.completed.size).toBe(4);
    const long = [...sink.logs.values()].find(({ fields }) => fields.path === "long");
    expect(long?.fields.metadata).toMatchObject({ flowspan: { outcome: "unobserved" } });
    expect(readdirSync(spool)).toEqual([]);
  });

  it("is empty where everything was sent", async () => {
    const spool = await makeTemporaryFolder();
    const sink = await startSink();

    const ended = await runProgram(`start(); ${THREE}`, sink.url, { FLOWSPAN_SPOOL_DIR: spool });

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(sink.completed.size).toBe(3);
    expect(readdirSync(spool)).toEqual([]);
  });

  it("false writes nothing anywhere", async () => {
    const temporary = await makeTemporaryFolder();
    const { url } = await awayThenBack();

    const ended = await runProgram(
      `start({ spoolDir: false }); ${THREE} setTimeout(() => process.exit(0), 100);`,
      url,
      { TMPDIR: temporary },
    );

    expect(ended.code).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("sends to another server nothing that was left for the first", async () => {
    const temporary = await makeTemporaryFolder();
    const { url } = await awayThenBack();
    const other = await startSink();

    await runProgram(`start(); ${THREE} setTimeout(() => process.exit(0), 100);`, url, {
      TMPDIR: temporary,
    });
    await runProgram(NEXT, other.url, { TMPDIR: temporary });
    await runProgram(NEXT, url, { TMPDIR: temporary, FLOWSPAN_API_KEY: "another" });

    expect(other.logs.size).toBe(0);
    expect(readdirSync(temporary).length).toBe(1);
  });
});
