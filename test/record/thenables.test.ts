import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import OpenAI from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { rejectionsOf } from "./promises/unhandled.ts";
import { useRecording } from "./recording.ts";

const REQUEST = { model: "m", messages: [{ role: "user" as const, content: "x" }] };
const RESPONSE = {
  object: "chat.completion",
  model: "m-2",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 1 },
};

describe("a promise of the openai client", () => {
  const recording = useRecording();
  let server: Server;
  afterEach(() => void server.close());

  /** A wrapped call of a server that answers so. */
  async function asking(status: number, body: unknown) {
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new OpenAI({
      apiKey: "k",
      baseURL: `http://127.0.0.1:${port}/v1`,
      maxRetries: 0,
    });
    return prompt("ask", () => client.chat.completions.create(REQUEST));
  }

  it.each<[string, (asked: ReturnType<Awaited<ReturnType<typeof asking>>>) => unknown]>([
    ["await", async (asked) => asked],
    ["awaiting twice", async (asked) => [await asked, await asked]],
    ["Promise.all", (asked) => Promise.all([asked, asked])],
    ["catch", (asked) => asked.catch(() => 0)],
    ["finally", (asked) => asked.finally(() => 0)],
    ["withResponse", (asked) => asked.withResponse()],
  ])("ends its span once, with what it says, through %s", async (_way, take) => {
    const ask = await asking(200, RESPONSE);

    await take(ask());
    expect(recording.fields("ask")).toMatchObject({
      output_message: { content: "hi" },
      prompt_tokens: 3,
    });
  });

  it("ends its span with a failure that catch alone takes", async () => {
    const ask = await asking(400, { error: { message: "no" } });

    await ask().catch(() => 0);
    expect(recording.fields("ask").error).toContain("400");
  });
});

describe("a lazy thenable", () => {
  const recording = useRecording();
  const lazy = (work: () => unknown) => ({
    // biome-ignore lint/suspicious/noThenProperty: a query builder's own form
    then: (resolve: (value: unknown) => void) => resolve(work()),
  });

  it("does its work in the span's context, the consumer's handlers run outside", async () => {
    const child = tool("child", () => 7);
    const query = flow("query", () => lazy(child) as unknown as Promise<number>);

    const seen = await new Promise((resolve) => query().then(() => resolve(trace.getActiveSpan())));
    expect(seen).toBeUndefined();
    expect(recording.span("child").parentSpanContext?.spanId).toBe(
      recording.span("query").spanContext().spanId,
    );
  });

  it("that gives a failing promise raises no rejection of its own", async () => {
    const raised: unknown[] = [];
    const others = process.rawListeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (error) => raised.push(error));

    const query = flow("query", () => lazy(() => Promise.reject(new Error("inner"))));
    await expect(Promise.resolve(query())).rejects.toThrow("inner");
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.removeAllListeners("unhandledRejection");
    for (const other of others) process.on("unhandledRejection", other as () => void);
    expect(raised).toEqual([]);
    expect(recording.fields("query").error).toBe("Error: inner");
  });
});

describe("a thenable of a library", () => {
  const recording = useRecording();

  /** As Prisma has it: asked once, and no method goes through another. */
  const query = (work: () => Promise<unknown>) => {
    let asked: Promise<unknown> | undefined;
    const ask = () => {
      asked ??= work();
      return asked;
    };
    return {
      // biome-ignore lint/suspicious/noThenProperty: a query builder's own form
      then: (...handlers: []) => ask().then(...handlers),
      catch: (...handlers: []) => ask().catch(...handlers),
      finally: (...handlers: []) => ask().finally(...handlers),
    } as unknown as Promise<unknown>;
  };

  it("is followed through a catch and a finally of its own, its work inside the span", async () => {
    const error = new Error("no table");
    const child = tool("child", async () => 7);
    const find = (path: string, work: () => Promise<unknown>) => flow(path, () => query(work))();

    let outside: unknown = "not run";
    expect(await find("finally", child).finally(() => (outside = trace.getActiveSpan()))).toBe(7);
    expect(await find("catch", async () => 8).catch(() => 0)).toBe(8);
    expect(await find("failed", () => Promise.reject(error)).catch((got) => got)).toBe(error);

    expect(outside).toBeUndefined();
    expect(recording.span("child").parentSpanContext?.spanId).toBe(
      recording.span("finally").spanContext().spanId,
    );
    expect(recording.fields("finally").output).toBe("7");
    expect(recording.fields("catch").output).toBe("8");
    expect(recording.fields("failed").error).toBe("Error: no table");
  });

  it("raises a rejection that its finally passes on once", async () => {
    const failing = flow("go", () => query(() => Promise.reject(new Error("late"))));

    const { unhandled } = await rejectionsOf(() => void failing().finally(() => {}));
    expect(unhandled.map(([reason]) => reason)).toEqual([new Error("late")]);
    expect(recording.fields("go").error).toBe("Error: late");
  });

  it("may have its properties copied to another promise, as got's json() does", async () => {
    class Cancelable {
      readonly #promise = Promise.resolve("body");
      // biome-ignore lint/suspicious/noThenProperty: a promise's own form
      then(...handlers: []) {
        return this.#promise.then(...handlers);
      }
    }
    const asked = flow("go", () => new Cancelable())() as unknown as Promise<string>;
    const copy = (async () => ({ parsed: await asked }))();
    Object.defineProperties(copy, Object.getOwnPropertyDescriptors(asked));

    expect(await Promise.all([copy])).toEqual([{ parsed: "body" }]);
    expect(await copy.catch(() => 0)).toEqual({ parsed: "body" });
    expect(recording.fields("go").output).toBe("body");
  });

  it("gives several values and takes a third handler, as jQuery's does", async () => {
    const deferred = {
      // biome-ignore lint/suspicious/noThenProperty: a deferred's own form
      then(done: (...values: number[]) => void, _failed: unknown, progress: (of: number) => void) {
        progress(50);
        done(1, 2);
      },
    };

    const seen: number[] = [];
    const see = (...values: number[]) => void seen.push(...values);
    flow("go", () => deferred)().then(see, undefined, see);
    expect(seen).toEqual([50, 1, 2]);
  });

  /** As the Anthropic client's tool runner: a loop that may be awaited instead. */
  class Runner {
    readonly #step: () => Promise<string>;
    constructor(step: () => Promise<string>) {
      this.#step = step;
    }
    async *[Symbol.asyncIterator]() {
      yield await this.#step();
      yield "answer";
    }
    async untilDone() {
      let last = "";
      for await (const message of this) last = message;
      return last;
    }
    // biome-ignore lint/suspicious/noThenProperty: the runner's own form
    then(...handlers: []) {
      return this.untilDone().then(...handlers);
    }
  }

  it.each<[string, (runner: Runner) => Promise<unknown>, output: string]>([
    ["iterated", collect, "stepanswer"],
    ["awaited", (runner) => Promise.resolve(runner as unknown), "answer"],
    ["run by a method of its own", (runner) => runner.untilDone(), "stepanswer"],
  ])("that is a loop is followed as it is %s", async (_way, run, output) => {
    const step = tool("step", async () => "step");

    await run(flow("loop", () => new Runner(step))());
    expect(recording.fields("loop").output).toBe(output);
    expect(recording.span("step").parentSpanContext?.spanId).toBe(
      recording.span("loop").spanContext().spanId,
    );
  });

  it("that leads to a page of a list is that page, or what is read through all of them", async () => {
    const pages = [["a", "b"], ["c"]];
    class Page {
      readonly data: readonly string[];
      constructor(at: number) {
        this.data = pages[at] as string[];
      }
      getPaginatedItems() {
        return this.data;
      }
      async *[Symbol.asyncIterator]() {
        for (const page of pages) yield* page;
      }
    }
    class PagePromise extends Promise<Page> {
      async *[Symbol.asyncIterator]() {
        for await (const entry of await this) yield entry;
      }
    }
    const list = (path: string) =>
      tool(path, () => new PagePromise((resolve) => resolve(new Page(0))))();

    expect((await list("page")).data).toEqual(["a", "b"]);
    expect(await collect(list("all"))).toEqual(["a", "b", "c"]);
    expect(recording.fields("page").output).toBe('{"data":["a","b"]}');
    expect(recording.fields("all").output).toBe("abc");
  });
});

async function collect<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}
