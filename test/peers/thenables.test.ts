import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { useRecording } from "../record/recording.ts";

/** As the clients of OpenAI and Anthropic make it: a promise with methods of its own. */
class APIPromise<T> extends Promise<T> {
  async withResponse(): Promise<{ data: T; requestId: string }> {
    return { data: await this, requestId: "req_1" };
  }
}

/** As some query builders have it: `then` runs the query and gives nothing back. */
class Query {
  ran = 0;
  // biome-ignore lint/suspicious/noThenProperty: this is what is tested
  then(resolve: (rows: string[]) => void): void {
    this.ran += 1;
    resolve(["row"]);
  }
  explain(): string {
    return "scan";
  }
}

describe("what is thenable and no plain promise", () => {
  const recording = useRecording();

  it("keeps withResponse of a promise such as the OpenAI client's", async () => {
    let made: APIPromise<string> | undefined;
    const ask = prompt("ask", () => {
      made = APIPromise.resolve("hi") as APIPromise<string>;
      return made;
    });

    const asked = ask();
    expect(asked).toBe(made);
    expect(await asked.withResponse()).toEqual({ data: "hi", requestId: "req_1" });
    expect(recording.fields("ask").output).toBe("hi");
  });

  it("is given back as it is where its then gives nothing, with its methods and its value", async () => {
    const query = new Query();
    const find = tool("find", () => query as unknown as PromiseLike<string[]> & Query);

    const found = find();
    expect(found).toBe(query);
    expect(found.explain()).toBe("scan");
    expect(await found).toEqual(["row"]);
    expect(recording.fields("find").output).toBe('["row"]');
  });

  it("is not started by being recorded", async () => {
    const query = new Query();

    flow("find", () => query)();
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(query.ran).toBe(0);
    expect(recording.spans()).toEqual([]);
  });

  it("has a span until it has settled, not until it was returned", async () => {
    const slow = {
      // biome-ignore lint/suspicious/noThenProperty: this is what is tested
      then: (resolve: (value: string) => void) => void setTimeout(resolve, 20, "late"),
    };
    const wait = flow("wait", () => slow as unknown as PromiseLike<string>);

    expect(await wait()).toBe("late");
    const [seconds, nanos] = recording.span("wait").duration;
    // A timer may fire up to a millisecond early by the span's clock.
    expect(seconds * 1000 + nanos / 1e6).toBeGreaterThan(18);
  });

  it("is not taken for the promise of a rejection that nobody handles", async () => {
    const raised: unknown[] = [];
    const listener = (error: unknown) => raised.push(error);
    process.prependListener("unhandledRejection", listener);
    const ask = prompt("ask", () => APIPromise.reject(new Error("no")) as APIPromise<string>);

    await expect(ask()).rejects.toThrow("no");
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", listener);
    expect(raised).toEqual([]);
    expect(recording.span("ask").status.code).toBe(2);
  });
});
