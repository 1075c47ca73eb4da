import { spawn } from "node:child_process";

/**
 * Runs a command and resolves with its exit code (1 if it could not start or was ended by a signal). What it prints
 * goes to this process's output, unless `quiet`: then it is collected and printed only if the command fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, quiet?: boolean, env?: Record<string, string> }} [options]
 * @returns {Promise<number>}
 */
export async function run(command, args, { cwd, quiet = false, env } = {}) {
  const { code, output } = await capture(command, args, { cwd, env, echo: !quiet });
  if (quiet && code !== 0) process.stdout.write(output);
  return code;
}

/**
 * Runs a command and resolves with its exit code and everything it printed, both streams in one text.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, echo?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function capture(command, args, { cwd, env, echo = false } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const add = (/** @type {Buffer} */ part) => {
    output += part;
    if (echo) process.stdout.write(part);
  };
  child.stdout.on("data", add);
  child.stderr.on("data", add);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Starts a command that goes on running, and resolves with the first group of `ready` once what it prints matches. Rejects with
 * what it printed if it ends first or nothing matches in time. It ends with this process at the latest, and lets this
 * process end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RegExp} ready
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, timeoutMillis?: number }} [options] default: 30 s
 * @returns {Promise<{ found: string, stop(): Promise<void> }>}
 */
export function runUntilReady(command, args, ready, { cwd, env, timeoutMillis = 30_000 } = {}) {
  // A group of its own, so that what the command starts (npx starts a shell) ends with it.
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const kill = () => killGroup(child, "SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    child.ref();
    killGroup(child, "SIGTERM");
    await ended;
    process.removeListener("exit", kill);
  };
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (/** @type {string} */ why) => {
      clearTimeout(timer);
      reject(new Error(`${command} ${args.join(" ")}: ${why}. It printed:\n${output}`));
    };
    const timer = setTimeout(() => {
      void stop();
      fail(`not ready after ${timeoutMillis} ms`);
    }, timeoutMillis);
    const add = (/** @type {Buffer} */ part) => {
      output += part;
      const match = output.match(ready);
      if (!match) return;
      clearTimeout(timer);
      for (const handle of [child, ...pipesOf(child)]) handle.unref();
      resolve({ found: match[1] ?? "", stop });
    };
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    child.on("error", (error) => fail(error.message));
    child.on("close", (code) => fail(`ended with ${code}`));
  });
}

/**
 * Node types a pipe as a stream; it is a socket, which keeps the process alive unless told otherwise.
 *
 * @param {import("node:child_process").ChildProcess} child
 */
function pipesOf({ stdout, stderr }) {
  return /** @type {import("node:net").Socket[]} */ ([stdout, stderr]);
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function killGroup({ pid, exitCode }, signal) {
  if (pid === undefined || exitCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
