import { context, propagation, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it, vi } from "vitest";
import { sharedState } from "../../src/base/shared-state.ts";
import { instrumentFetch, tracedFetch } from "../../src/fetch/index.ts";
import { flow, prompt, withLogContext } from "../../src/index.ts";
import { captureLogs } from "../../src/testing/index.ts";
import { collectGarbage } from "../record/garbage.ts";
import { useRecording } from "../record/recording.ts";
import { COMPLETION, chat, EVENTS, STREAM_HEADERS, useServers } from "./provider-server.ts";

const TARGET = "http://provider.test/v1/chat/completions";

/** A `fetch` that answers with a completion and keeps what it was called with. */
function answering(make: () => Response = () => Response.json(COMPLETION)) {
  const calls: unknown[][] = [];
  const fake = async function (this: unknown, ..._args: [url: unknown, init?: object]) {
    calls.push([this, ..._args]);
    return make();
  };
  return { fake, calls };
}

describe("a call that is none to a provider", () => {
  const recording = useRecording();

  it("is made with the very same arguments, and its own promise comes back", () => {
    const promise = Promise.resolve(new Response());
    const fake = vi.fn((..._args: unknown[]) => promise);
    const traced = tracedFetch(fake);
    const given = [
      ["http://any.test/v1/chat/completions"],
      ["http://any.test/other", chat()],
      ["http://any.test/v1/chat/completions", { ...chat(), method: "PUT" }],
      ["http://any.test/v1/chat/completions", { ...chat(), body: '{"a":1}' }],
      ["not a URL", chat()],
      [],
    ];
    for (const args of given) {
      expect(traced(...args)).toBe(promise);
      const passed = fake.mock.lastCall as unknown[];
      expect(passed.length).toBe(args.length);
      for (const [index, value] of passed.entries()) expect(value).toBe(args[index]);
    }
    expect(recording.spans()).toEqual([]);
  });

  it("may have options that throw when they are read", () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error("no");
        },
      },
    );
    const fake = vi.fn((..._args: unknown[]) => "same");

    expect(tracedFetch(fake)(TARGET, hostile)).toBe("same");
    expect(fake.mock.lastCall?.[1]).toBe(hostile);
  });
});

describe("a call to a provider", () => {
  const recording = useRecording();
  const serve = useServers();

  it("keeps `this`, the name and the properties of the wrapped function", async () => {
    const { fake, calls } = answering();
    const own = Object.assign(fake, { preconnect: () => 1 });
    const traced = tracedFetch(own);
    const self = {};

    await Reflect.apply(traced, self, [TARGET, chat()]);

    expect(calls[0]?.[0]).toBe(self);
    expect([traced.name, traced.length, traced.preconnect()]).toEqual([fake.name, fake.length, 1]);
    expect(() => tracedFetch(1 as never)).toThrow(TypeError);
  });

  it.each([
    [
      429,
      { error: { type: "rate_limit_error", message: "slow down" } },
      "rate_limit_error: 429 slow down",
    ],
    [
      529,
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      "overloaded_error: 529 Overloaded",
    ],
    [
      400,
      { error: { code: 400, message: "bad", status: "INVALID_ARGUMENT" } },
      "INVALID_ARGUMENT: 400 bad",
    ],
    [502, "<h1>Bad gateway</h1>", "HttpError: 502 <h1>Bad gateway</h1>"],
  ])("that answers %i is an error, told as the body is read", async (status, body, error) => {
    const { fake } = answering(() =>
      typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status }),
    );
    const response = await tracedFetch(fake)(TARGET, chat());
    expect(recording.spans()).toEqual([]);
    await response.text();

    expect(recording.fields("chat m-1").error).toBe(error);
    expect(recording.span("chat m-1").status.code).toBe(SpanStatusCode.ERROR);
    expect(recording.span("chat m-1").attributes["http.response.status_code"]).toBe(status);
  });

  it("that fails gives the same error object, whether it throws or rejects", async () => {
    const error = new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
    const rejecting = tracedFetch(async (_url: string, _init: object) => Promise.reject(error));
    const throwing = tracedFetch((_url: string, _init: object) => {
      throw error;
    });

    await expect(rejecting(TARGET, chat())).rejects.toBe(error);
    expect(() => throwing(TARGET, chat())).toThrow(error);
    const texts = recording.spans().map((span) => sharedState().recorded.get(span)?.fields.error);
    expect(texts).toEqual(
      Array(2).fill('"TypeError: fetch failed\\nCaused by: Error: ECONNRESET"'),
    );
  });

  it("that was aborted before is told as aborted", async () => {
    const { url } = await serve(() => {});
    const options = { ...chat(), signal: AbortSignal.abort() };

    await expect(tracedFetch(fetch)(`${url}/v1/chat/completions`, options)).rejects.toThrow(
      "abort",
    );
    expect(recording.span("chat m-1").attributes["flowspan.outcome"]).toBe("aborted");
  });

  it("with an error in its stream is an error, and the caller sees what was sent", async () => {
    const events = [EVENTS[1], 'data: {"error":{"message":"gone","type":"server_error"}}\n\n'].join(
      "",
    );
    const { fake } = answering(() => new Response(events, { headers: STREAM_HEADERS }));

    const response = await tracedFetch(fake)(TARGET, chat({ stream: true }));

    expect(await response.text()).toBe(events);
    expect(recording.fields("chat m-1")).toMatchObject({ error: "gone" });
  });

  it("whose stream is cut in an event keeps what came, and says that it is broken", async () => {
    const events = [EVENTS[1], EVENTS[2]?.slice(0, -20)].join("");
    const { fake } = answering(() => new Response(events, { headers: STREAM_HEADERS }));

    await (await tracedFetch(fake)(TARGET, chat({ stream: true }))).text();

    expect(recording.fields("chat m-1").output_message).toMatchObject({ content: "Hel" });
    expect(recording.span("chat m-1").attributes["flowspan.unreadable"]).toContain("broken JSON");
    expect(recording.fields("chat m-1").provider_response).toMatchObject({
      unreadable: expect.stringContaining("lo, w"),
    });
  });

  it("that nobody reads ends at collection as unobserved", async () => {
    const { fake } = answering(
      () => new Response(new ReadableStream({ pull: () => {} }), { headers: STREAM_HEADERS }),
    );
    await tracedFetch(fake)(TARGET, chat({ model: "m-left" }));

    await vi.waitFor(async () => {
      await collectGarbage();
      expect(recording.span("chat m-left").attributes["flowspan.outcome"]).toBe("unobserved");
    });
  });

  it("is one span where two hooks see it", async () => {
    const { fake } = answering();

    await (await tracedFetch(tracedFetch(fake))(TARGET, chat())).text();

    expect(recording.spans().length).toBe(1);
  });

  it("runs in its span's context, and a call of the caller's after it does not", async () => {
    let inside: string | undefined;
    const traced = tracedFetch(async (_url: string, _init: object) => {
      inside = trace.getActiveSpan()?.spanContext().spanId;
      return Response.json(COMPLETION);
    });
    await (await traced(TARGET, chat())).text();

    expect(inside).toBe(recording.span("chat m-1").spanContext().spanId);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it("has what withLogContext has set, and no content where `save` is false above it", async () => {
    const { fake } = answering();
    const ask = async () => void (await (await tracedFetch(fake)(TARGET, chat())).text());
    await withLogContext({ user: "u-1" }, ask);
    expect(recording.fields("chat m-1").user).toBe("u-1");

    const unsaved = flow({ path: "f", save: false }, ask);
    await unsaved();
    const span = recording.spans().find((each) => each.parentSpanContext !== undefined);
    const { fields } = sharedState().recorded.get(span as object) ?? {};
    expect(fields?.prompt).toBeTruthy();
    expect([fields?.messages, fields?.provider_request, fields?.output_message]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("masks secrets in what it records", async () => {
    const { fake } = answering();
    const secret = `sk-${"a".repeat(40)}`;
    await (
      await tracedFetch(fake)(TARGET, chat({ messages: [{ role: "user", content: secret }] }))
    ).text();

    expect(JSON.stringify(recording.recorded("chat m-1").fields)).not.toContain(secret);
  });
});

describe("a call's log", () => {
  it("folds into the prompt round it, and failed tries go to its attempts", async () => {
    let count = 0;
    const { fake } = answering(() =>
      ++count === 1
        ? Response.json({ error: { message: "slow" } }, { status: 429 })
        : Response.json(COMPLETION),
    );
    const traced = tracedFetch(fake);
    const ask = prompt("ask", async () => {
      for (;;) {
        const response = await traced(TARGET, chat());
        const answer = (await response.json()) as { choices?: unknown };
        if (answer.choices) return "done";
      }
    });
    const { logs } = await captureLogs(() => ask());

    expect(logs.length).toBe(1);
    expect(logs[0]).toMatchObject({
      type: "prompt",
      path: "ask",
      prompt: { model: "m-1" },
      output: "done",
      prompt_tokens: 3,
      provider_request: { model: "m-1" },
      metadata: { flowspan: { attempts: [{ error: "HttpError: 429 slow" }] } },
    });
  });

  it("stands alone as a Prompt; embeddings are a Tool with their tokens in the metadata", async () => {
    const answer = {
      object: "list",
      model: "e-2",
      data: [{ object: "embedding", index: 0, embedding: [0.5] }],
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    const embed = tracedFetch(answering(() => Response.json(answer)).fake);
    const { logs } = await captureLogs(async () => {
      await (await tracedFetch(answering().fake)(TARGET, chat())).text();
      const body = JSON.stringify({ model: "e-1", input: "Hi" });
      await (await embed("http://provider.test/v1/embeddings", { method: "POST", body })).text();
    });

    expect(logs.map(({ type }) => type)).toEqual(["prompt", "tool"]);
    expect(logs[1]).toMatchObject({
      metadata: { flowspan: { usage: { prompt_tokens: 8 }, response_model: "e-2" } },
    });
  });
});

describe("the trace's headers", () => {
  const recording = useRecording();
  const propagate = () =>
    propagation.setGlobalPropagator(
      new CompositePropagator({
        propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
      }),
    );
  const hooked = async (
    options: Parameters<typeof instrumentFetch>[0],
    fake: typeof fetch,
    run: () => Promise<unknown>,
  ) => {
    const before = globalThis.fetch;
    globalThis.fetch = fake;
    const undo = instrumentFetch(options);
    try {
      await flow("f", run)();
    } finally {
      undo();
      globalThis.fetch = before;
    }
  };
  const headersOf = (call: unknown[] | undefined) =>
    Object.fromEntries(new Headers((call?.[2] as RequestInit | undefined)?.headers));

  it.each([
    ["an origin", ["http://mine.test"]],
    ["a pattern", [/mine\.test\/a/g]],
    ["a function", (url: URL) => url.hostname === "mine.test"],
  ])("go to what %s names, and nowhere else", async (_how, propagateTo) => {
    propagate();
    const { fake, calls } = answering();

    await hooked({ propagateTo }, fake as never, async () => {
      await fetch("http://mine.test/a", { headers: { "x-own": "1" } });
      await fetch("http://mine.test/a");
      await fetch(new Request("http://mine.test/a", { headers: { "x-own": "2" } }));
      await fetch("http://mine.test.evil/b");
    });

    const { traceId, spanId } = recording.span("f").spanContext();
    const traceparent = `00-${traceId}-${spanId}-01`;
    const baggage = `flowspan.parent=${encodeURIComponent(`log_${traceId}${spanId}/${spanId}`)}`;
    expect(calls.map(headersOf)).toEqual([
      { traceparent, baggage, "x-own": "1" },
      { traceparent, baggage },
      { traceparent, baggage, "x-own": "2" },
      {},
    ]);
  });

  it("never go to a provider, and our entry is taken out of a baggage that others sent", async () => {
    propagate();
    const { fake, calls } = answering();
    let inner = "";
    const spying = async (...args: [unknown, object?]) => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      inner = carrier.baggage ?? "";
      return fake(...args);
    };
    await hooked({ propagateTo: () => true }, spying as never, async () => {
      const given = chat();
      const carrier: Record<string, string> = { ...given.headers };
      const own = propagation.createBaggage({ team: { value: "a" } });
      const sent = propagation.getActiveBaggage()?.setEntry("team", { value: "a" }) ?? own;
      await context.with(propagation.setBaggage(context.active(), sent), async () => {
        propagation.inject(context.active(), carrier);
        await fetch(TARGET, { ...given, headers: carrier });
      });
    });

    expect(headersOf(calls[0]).baggage).toBe("team=a");
    expect(inner).toBe("team=a");
    expect(JSON.stringify(calls)).not.toContain("flowspan.parent");
  });

  it("leave the other options, also of a Request in their place", async () => {
    propagate();
    const { fake, calls } = answering();
    const options = { method: "PUT", body: "x", headers: { "x-own": "1" } };

    await hooked({ propagateTo: () => true }, fake as never, async () => {
      await fetch("http://mine.test/", new Request("http://other.test/", options));
      await fetch("http://mine.test/", Object.create(options));
    });

    for (const [, input, init] of calls) {
      const sent = new Request(
        input as string,
        { ...(init as RequestInit), duplex: "half" } as never,
      );
      expect([sent.method, await sent.text(), sent.headers.get("x-own")]).toEqual([
        "PUT",
        "x",
        "1",
      ]);
      expect(sent.headers.has("traceparent")).toBe(true);
    }
    expect(calls.length).toBe(2);
  });

  it("that the program has set stay as they are", async () => {
    propagate();
    const { fake, calls } = answering();
    await hooked({ propagateTo: () => true }, fake as never, () =>
      fetch("http://mine.test/", { headers: { traceparent: "own" } }),
    );

    expect(headersOf(calls[0]).traceparent).toBe("own");
  });

  it("refuse an origin that is none", () => {
    expect(() => instrumentFetch({ propagateTo: ["nonsense"] })).toThrow(TypeError);
  });
});

describe("the hook on the global fetch", () => {
  const recording = useRecording();

  it("is put on once, and taken off again", async () => {
    const before = globalThis.fetch;
    const undo = instrumentFetch();
    const hook = globalThis.fetch;
    expect(hook).not.toBe(before);
    expect(instrumentFetch()).toBe(undo);
    expect(globalThis.fetch).toBe(hook);
    undo();
    expect(globalThis.fetch).toBe(before);
    undo();
    expect(globalThis.fetch).toBe(before);
  });

  it("lets others stand over it and under it", async () => {
    const before = globalThis.fetch;
    const { fake, calls } = answering();
    globalThis.fetch = fake as never;
    const undo = instrumentFetch();
    const ours = globalThis.fetch;
    const theirs: typeof fetch = (...args) => ours(...args);
    globalThis.fetch = theirs;

    await (await fetch(TARGET, chat())).text();
    undo();
    expect(globalThis.fetch).toBe(theirs);
    await (await fetch(TARGET, chat())).text();
    globalThis.fetch = before;

    expect(calls.length).toBe(2);
    expect(recording.spans().length).toBe(1);
  });
});

describe("with a sampler that leaves all out", () => {
  const recording = useRecording(new AlwaysOffSampler());

  it("nothing is recorded, and the request stays what it was", async () => {
    const { fake, calls } = answering();
    const given = chat({ stream: true });
    const before = sharedState().notSampled;

    await tracedFetch(fake, { usageHosts: ["provider.test"] })(TARGET, given);

    expect(calls[0]?.[2]).toBe(given);
    expect(sharedState().notSampled).toBe(before + 1);
    expect(recording.spans()).toEqual([]);
  });
});

describe("without a tracer provider", () => {
  it("calls go straight through", () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const promise = Promise.resolve();
    const given = {
      get method() {
        throw new Error("read");
      },
    };

    expect(tracedFetch((..._args: unknown[]) => promise)(TARGET, given)).toBe(promise);
    context.disable();
  });
});
