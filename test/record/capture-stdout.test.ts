import { spawnSync } from "node:child_process";
import { Console } from "node:console";
import { Writable } from "node:stream";
import { context } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sharedState } from "../../src/base/shared-state.ts";
import { flow, prompt, record, tool } from "../../src/index.ts";
import { DEFAULT_POLICY } from "../../src/spans/policy.ts";
import { collectGarbage } from "./garbage.ts";
import { useRecording } from "./recording.ts";

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Stands for the process's own: an instance whose `write` is inherited, as there. */
let stdout: Writable;
/** What reached the stream itself. */
let written: string[];
/** The method as it was before anything was captured. */
const original = Writable.prototype.write;

beforeEach(() => {
  written = [];
  stdout = new Writable({
    write(chunk, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  vi.spyOn(process, "stdout", "get").mockReturnValue(stdout as typeof process.stdout);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("captureStdout", () => {
  const recording = useRecording();

  it.each([
    ["flow", flow as typeof tool],
    ["prompt", prompt as typeof tool],
    ["tool", tool],
  ])("records what the call of a %s writes, across awaits", async (_type, wrapper) => {
    const console = new Console(stdout);
    const speak = wrapper({ path: "p", captureStdout: true }, async () => {
      console.log("one %d", 1);
      await pause();
      stdout.write("two");
    });

    await speak();

    expect(recording.fields("p").stdout).toBe("one 1\ntwo");
    expect(recording.span("p").attributes["flowspan.stdout"]).toBe("one 1\ntwo");
    expect(written).toEqual(["one 1\n", "two"]);
  });

  it("leaves the write itself as it was", async () => {
    const calls: unknown[][] = [];
    const patched = function (this: unknown, ...args: unknown[]) {
      calls.push([this, ...args]);
      return "its own answer";
    };
    const spy = Object.assign(patched, { tag: 1 });
    stdout.write = spy as never;
    const done = () => {};

    const results = tool.run({ path: "t", captureStdout: true }, () => {
      const { name, length, tag } = stdout.write as unknown as typeof spy;
      expect({ name, length, tag }).toEqual({ name: "patched", length: 0, tag: 1 });
      return [stdout.write("aGk=", "base64", done), stdout.write("x", done)];
    });

    expect(results).toEqual(["its own answer", "its own answer"]);
    expect(calls).toEqual([
      [stdout, "aGk=", "base64", done],
      [stdout, "x", done],
    ]);
    expect(stdout.write).toBe(spy);
  });

  it("lets the write's own errors through and keeps nothing of them", () => {
    tool.run({ path: "t", captureStdout: true }, () => {
      expect(() => stdout.write(3 as never)).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
      );
    });

    expect(recording.fields("t")).not.toHaveProperty("stdout");
  });

  it("puts bytes together that were written in the middle of a character", () => {
    const bytes = Buffer.from("grün €");

    tool.run({ path: "t", captureStdout: true }, () => {
      for (const byte of bytes) stdout.write(Uint8Array.of(byte));
    });

    expect(recording.fields("t").stdout).toBe("grün €");
  });

  it("keeps calls that run side by side apart", async () => {
    const speak = tool(
      { path: (name: string) => name, captureStdout: true },
      async (name: string) => {
        for (let n = 0; n < 3; n++) {
          stdout.write(`${name}${n} `);
          await pause();
        }
      },
    );

    await Promise.all([speak("a"), speak("b"), tool("silent", () => stdout.write("c"))()]);

    expect(recording.fields("a").stdout).toBe("a0 a1 a2 ");
    expect(recording.fields("b").stdout).toBe("b0 b1 b2 ");
    expect(recording.fields("silent")).not.toHaveProperty("stdout");
  });

  it("gives what an inner call writes to the outer one too", () => {
    flow.run({ path: "outer", captureStdout: true }, () => {
      stdout.write("1");
      tool.run("between", () =>
        tool.run({ path: "inner", captureStdout: true }, () => stdout.write("2")),
      );
      stdout.write("3");
    });

    expect(recording.fields("outer").stdout).toBe("123");
    expect(recording.fields("inner").stdout).toBe("2");
    expect(recording.fields("between")).not.toHaveProperty("stdout");
  });

  it("captures in a generator's steps, not in its consumer, and in a handle's run()", () => {
    const steps = flow({ path: "g", captureStdout: true }, function* () {
      stdout.write("in ");
      yield 1;
      stdout.write("in ");
    });
    for (const _ of steps()) stdout.write("out ");
    const handle = tool.start({ path: "h", captureStdout: true });
    handle.run(() => stdout.write("run"));
    stdout.write("beside");
    handle.end();

    expect(recording.fields("g").stdout).toBe("in in ");
    expect(recording.fields("h").stdout).toBe("run");
  });

  it("keeps what was written before a call failed", () => {
    const failing = tool({ path: "t", captureStdout: true }, () => {
      stdout.write("before");
      throw new Error("no");
    });

    expect(failing).toThrow("no");
    expect(recording.fields("t")).toMatchObject({ stdout: "before", error: "Error: no" });
  });

  it("records nothing where nothing was written, and keeps what record() has set", () => {
    tool.run({ path: "quiet", captureStdout: true }, () => 1);
    tool.run({ path: "set", captureStdout: true }, () => {
      stdout.write("written");
      record({ stdout: "set by hand" });
    });

    expect(recording.fields("quiet")).not.toHaveProperty("stdout");
    expect(recording.fields("set").stdout).toBe("set by hand");
  });

  it("masks secrets and keeps to the field's cap", () => {
    const secret = `sk-${"a1B2".repeat(12)}`;
    const policy = { ...DEFAULT_POLICY, maxFieldBytes: 1000 };
    sharedState().policies.add(policy);
    tool.run({ path: "secret", captureStdout: true }, () => stdout.write(`key ${secret}`));
    tool.run({ path: "long", captureStdout: true }, () => {
      for (let n = 0; n < 1000; n++) stdout.write("0123456789".repeat(10));
    });
    sharedState().policies.delete(policy);

    expect(recording.fields("secret").stdout).toMatch(/^key /);
    expect(recording.fields("secret").stdout).not.toContain(secret);
    expect(recording.fields("long").stdout).toMatch(
      /^(?:0123456789)+\d* \[cut: \d+ characters in all\]$/,
    );
    expect((recording.fields("long").stdout as string).length).toBeLessThan(1100);
    // The cap, and what the mask needs to see a secret whole: all that was ever held.
    expect(recording.fields("long").stdout).toContain(`[cut: ${1000 + 16_384} characters`);
    expect(recording.recorded("long").meta.truncated).toMatch(/^\{"stdout":\d+\}$/);
  });

  it("keeps no content with content: none, and does not touch the stream for it", () => {
    const policy = { ...DEFAULT_POLICY, content: "none" } as const;
    sharedState().policies.add(policy);
    const during = tool.run({ path: "t", captureStdout: true }, () => stdout.write);
    sharedState().policies.delete(policy);

    expect(during).toBe(original);
  });

  it("is off unless asked for", () => {
    expect(tool.run({ path: "t", captureStdout: false }, () => stdout.write)).toBe(original);
    expect(() => tool.run({ path: "t", captureStdout: "yes" } as never, () => 1)).toThrow(
      "tool(): option captureStdout: expected a boolean, got string.",
    );
  });
});

describe("captureStdout's hook", () => {
  const recording = useRecording();
  const capture = <T>(path: string, body: () => T): T =>
    tool.run({ path, captureStdout: true }, body);

  it("is there while a capturing call is open, once, and leaves no trace", async () => {
    const seen: unknown[] = [];
    const first = capture("first", async () => {
      seen.push(stdout.write);
      await pause();
    });
    capture("second", () => seen.push(stdout.write));
    expect(stdout.write).toBe(seen[0]);
    await first;

    expect(seen[0]).not.toBe(original);
    expect(seen[1]).toBe(seen[0]);
    expect(stdout.write).toBe(original);
    expect(Object.hasOwn(stdout, "write")).toBe(false);
  });

  it("stays below somebody else's patch, and only passes on there", () => {
    const theirs: unknown[] = [];
    capture("one", () => {
      const below = stdout.write;
      stdout.write = function (this: unknown, ...args: unknown[]) {
        theirs.push(args[0]);
        return Reflect.apply(below, stdout, args);
      } as never;
      stdout.write("1");
    });
    const patched = stdout.write;
    stdout.write("-");
    capture("two", () => stdout.write("2"));

    expect(stdout.write).toBe(patched);
    expect([recording.fields("one").stdout, recording.fields("two").stdout]).toEqual(["1", "2"]);
    expect(theirs).toEqual(["1", "-", "2"]);
    expect(written).toEqual(["1", "-", "2"]);
  });

  it("comes again after somebody has thrown it out", () => {
    capture("one", () => Reflect.deleteProperty(stdout, "write"));
    capture("two", () => stdout.write("2"));

    expect(recording.fields("two").stdout).toBe("2");
    expect(stdout.write).toBe(original);
  });

  it("goes when the last capturing call was abandoned", async () => {
    (() => void tool.start({ path: "t", captureStdout: true }).run(() => stdout.write("x")))();

    await collectGarbage();

    expect(recording.fields("t").stdout).toBe("x");
    expect(stdout.write).toBe(original);
  });

  it("fails no write, whatever the context manager does", () => {
    capture("t", () => {
      vi.spyOn(context, "active").mockImplementation(() => {
        throw new Error("not now");
      });
      expect(stdout.write("x")).toBe(true);
      vi.mocked(context.active).mockRestore();
    });

    expect(written).toEqual(["x"]);
  });

  it("lets a stream alone that can't be changed", () => {
    Object.defineProperty(stdout, "write", { value: stdout.write });

    expect(capture("t", () => stdout.write("x"))).toBe(true);
    expect(recording.fields("t")).toEqual({ path: "t", output: "true" });
    expect(written).toEqual(["x"]);
  });

  it.each([
    ["no process", () => vi.stubGlobal("process", undefined)],
    ["a stdout without write", () => vi.stubGlobal("process", { ...process, stdout: {} })],
    ["no stdout", () => vi.stubGlobal("process", { ...process, stdout: undefined })],
    [
      "a stdout that throws",
      () =>
        vi.stubGlobal("process", {
          get stdout() {
            throw new Error("closed");
          },
        }),
    ],
  ])("is not needed: %s", (_what, prepare) => {
    prepare();
    try {
      expect(capture("t", () => 3)).toBe(3);
    } finally {
      vi.unstubAllGlobals();
    }

    expect(recording.fields("t").output).toBe("3");
    capture("after", () => stdout.write("x"));
    expect(recording.fields("after").stdout).toBe("x");
    expect(stdout.write).toBe(original);
  });
});

describe("captureStdout in a program of its own", () => {
  it("takes what the global console writes, and the program prints it as ever", () => {
    const program = `
      import { captureLogs } from "./src/testing/index.ts";
      import { tool } from "./src/index.ts";
      const speak = tool({ path: "t", captureStdout: true }, async (name: string) => {
        console.log("hello %s", name);
        await null;
        console.info({ n: 1 });
        console.error("not this");
      });
      void captureLogs(() => speak("Ada")).then(({ logs }) => {
        console.error(JSON.stringify(logs[0]?.stdout));
      });`;
    const { outputFiles } = buildSync({
      stdin: { contents: program, resolveDir: process.cwd(), loader: "ts" },
      bundle: true,
      platform: "node",
      write: false,
    });

    const ran = spawnSync(process.execPath, ["-"], {
      input: outputFiles[0]?.text,
      encoding: "utf8",
    });

    expect(ran.stdout).toBe("hello Ada\n{ n: 1 }\n");
    expect(ran.stderr).toBe('not this\n"hello Ada\\n{ n: 1 }\\n"\n');
  });
});

describe("captureStdout of a call that is sampled out", () => {
  useRecording(new AlwaysOffSampler());

  it("does not touch the stream", () => {
    expect(tool.run({ path: "t", captureStdout: true }, () => stdout.write)).toBe(original);
  });
});
