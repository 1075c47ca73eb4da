import { describe, expect, it } from "vitest";
import { startLogApiSink } from "../log-api-sink.ts";
import { preparePrograms, runProgram } from "./run-program.ts";

preparePrograms();

const AGENT = 'const agent = flow("agent", async () => tool("t", () => "x")());';

describe("the natural end of a program", () => {
  it("completes and sends what is left, without being asked", async () => {
    const sink = await startLogApiSink({ batch: true });

    const ended = await runProgram(`start(); ${AGENT} agent();`, sink.url);
    await sink.close();

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(sink.logs.size).toBe(2);
    expect(sink.completed.size).toBe(1);
  });

  it("keeps the program's exit code", async () => {
    const sink = await startLogApiSink({ batch: true });

    const ended = await runProgram(`start(); ${AGENT} agent(); process.exitCode = 3;`, sink.url);
    await sink.close();

    expect(ended.code).toBe(3);
    expect(sink.completed.size).toBe(1);
  });

  it("is not kept waiting by a server that is away, beyond the deadline, and hears of it", async () => {
    const sink = await startLogApiSink({ batch: true });
    await sink.close();

    const program = `start({ shutdownTimeoutMillis: 300 }); ${AGENT} agent().then(console.log);`;
    const ended = await runProgram(program, sink.url);

    expect(ended).toMatchObject({ code: 0, stdout: "x\n" });
    expect(ended.stderr).toContain("Logs wait");
    expect(ended.stderr).toContain("2 logs were not sent");
    expect(ended.millis).toBeLessThan(5_000);
  });

  it("is not kept waiting by a server that never answers, while a request is open", async () => {
    const sink = await startLogApiSink({ batch: true, fault: () => "hang" });

    // The request is open before the end, and may take longer than this test.
    const program = `
      start({ shutdownTimeoutMillis: 300, requestTimeoutMillis: 60_000 });
      ${AGENT} agent();
      setTimeout(() => console.log("done"), 500);`;
    const ended = await runProgram(program, sink.url);
    await sink.close();

    expect(ended).toMatchObject({ code: 0, stdout: "done\n" });
    expect(sink.requests).toHaveLength(1);
  });

  it("comes at once where nothing was recorded", async () => {
    const sink = await startLogApiSink({ batch: true });

    const ended = await runProgram("start();", sink.url);
    await sink.close();

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(sink.requests).toEqual([]);
  });

  it("may not be the end: what is recorded after it is sent, too", async () => {
    const sink = await startLogApiSink({ batch: true });

    const program = `
      start(); ${AGENT} agent();
      let count = 0;
      process.on("beforeExit", () => { if (++count < 4) setTimeout(agent, 20); });`;
    const ended = await runProgram(program, sink.url);
    await sink.close();

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(sink.completed.size).toBe(4);
  });
});
