import { afterEach, describe, expect, it, vi } from "vitest";
import { tracedFetch } from "../../src/fetch/index.ts";
import { useRecording } from "../record/recording.ts";
import {
  chat,
  EVENTS,
  EVENTS_WITH_USAGE,
  STREAM_HEADERS,
  USAGE_EVENT,
  useServers,
} from "./provider-server.ts";

const URL_ = "http://provider.test/v1/chat/completions";

/** A `fetch` whose answer streams these chunks, and counts how often its source is pulled. */
function streaming(chunks: readonly (string | Uint8Array)[], type?: "bytes") {
  const seen = { pulls: 0, bodies: [] as unknown[], cancelled: undefined as unknown };
  const fake = async (_url: string, init: { body?: unknown; method?: string }) => {
    seen.bodies.push(init.body);
    const left = chunks.map((chunk) => Buffer.from(chunk));
    const source = {
      type,
      pull(controller: ReadableByteStreamController) {
        seen.pulls++;
        const chunk = left.shift();
        if (chunk !== undefined) return controller.enqueue(new Uint8Array(chunk));
        controller.close();
        controller.byobRequest?.respond(0);
      },
      cancel(reason: unknown) {
        seen.cancelled = reason;
      },
    };
    const body = new ReadableStream(source as never, { highWaterMark: 0 });
    return new Response(body as never, { headers: STREAM_HEADERS });
  };
  return { fake, seen };
}

/** All chunks, and how often the source had been pulled when each came. */
async function readChunks(
  response: Response,
  pulls: { pulls: number },
): Promise<readonly [text: string, pulls: number][]> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const chunks: [string, number][] = [];
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    chunks.push([Buffer.from(step.value).toString("latin1"), pulls.pulls]);
  }
  return chunks;
}

function bytesOf(events: readonly string[]): string {
  return Buffer.from(events.join("")).toString("latin1");
}

/** The text in pieces of this many bytes. */
function split(text: string, size: number): Uint8Array[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

describe("a stream, with nothing injected", () => {
  const recording = useRecording();
  const serve = useServers();

  it.each([undefined, "bytes"] as const)(
    "has the same chunks at the same pulls (%s)",
    async (type) => {
      for (const chunks of [EVENTS_WITH_USAGE, split(EVENTS_WITH_USAGE.join(""), 1)]) {
        const [plain, hooked] = [streaming(chunks, type), streaming(chunks, type)];
        const options = { includeUsage: false };

        const expected = await readChunks(await plain.fake(URL_, chat()), plain.seen);
        const got = await readChunks(
          await tracedFetch(hooked.fake, options)(URL_, chat({ stream: true })),
          hooked.seen,
        );

        expect(got).toEqual(expected);
        expect(got.length).toBe(chunks.length);
      }
    },
  );

  it("is not pulled before it is read, nor further than it is read", async () => {
    const { fake, seen } = streaming(EVENTS_WITH_USAGE);
    const response = await tracedFetch(fake)(URL_, chat({ stream: true }));
    const reader = (response.body as ReadableStream).getReader();

    expect(seen.pulls).toBe(0);
    await reader.read();
    await new Promise(setImmediate);
    expect(seen.pulls).toBe(1);
    await reader.read();
    expect(seen.pulls).toBe(2);
  });

  it("tells its source of a cancel, with the reason, and ends as cancelled", async () => {
    const { fake, seen } = streaming(EVENTS);
    const response = await tracedFetch(fake)(URL_, chat({ stream: true }));
    const reader = (response.body as ReadableStream).getReader();
    await reader.read();
    await reader.read();
    await reader.cancel("enough");

    expect(seen.cancelled).toBe("enough");
    expect(recording.span("chat m-1").attributes["flowspan.outcome"]).toBe("cancelled");
    expect(recording.fields("chat m-1").output_message).toMatchObject({ content: "Hel" });
  });

  it("that is left after the answer's own end was heard to its end", async () => {
    const { fake } = streaming(EVENTS);
    const response = await tracedFetch(fake)(URL_, chat({ stream: true }));
    const reader = (response.body as ReadableStream).getReader();
    for (let count = 0; count < 5; count++) await reader.read();
    await reader.cancel();

    expect(recording.span("chat m-1").attributes["flowspan.outcome"]).toBeUndefined();
  });

  it.each(["abort", "cancel"])("closes the provider's connection on %s", async (way) => {
    const { url, seen } = await serve((_request, response) => {
      response.writeHead(200, STREAM_HEADERS).write(EVENTS[1]);
    });
    const controller = new AbortController();
    const options = { ...chat({ stream: true }), signal: controller.signal };

    const response = await tracedFetch(fetch)(`${url}/v1/chat/completions`, options);
    const reader = (response.body as ReadableStream).getReader();
    await reader.read();
    const next = reader.read().catch((error: unknown) => error);
    if (way === "abort") controller.abort();
    else await reader.cancel();

    await vi.waitFor(() => expect(seen[0]?.isAborted).toBe(true));
    const outcome = way === "abort" ? "aborted" : "cancelled";
    expect(recording.span("chat m-1").attributes["flowspan.outcome"]).toBe(outcome);
    if (way === "abort") expect(await next).toBe(controller.signal.reason);
  });

  it("that is aborted while nobody reads it ends then", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, STREAM_HEADERS).write(EVENTS[1]);
    });
    const controller = new AbortController();
    const options = { ...chat({ stream: true }), signal: controller.signal };

    const response = await tracedFetch(fetch)(`${url}/v1/chat/completions`, options);
    await (response.body as ReadableStream).getReader().read();
    controller.abort();

    await vi.waitFor(() => {
      expect(recording.span("chat m-1").attributes["flowspan.outcome"]).toBe("aborted");
    });
  });
});

describe("a stream whose tokens were asked for", () => {
  const recording = useRecording();
  const options = { usageHosts: ["provider.test"] };
  afterEach(() => vi.restoreAllMocks());

  it("differs in the request by the asking, and nothing else", async () => {
    const { fake, seen } = streaming(EVENTS_WITH_USAGE);
    const given = chat({ stream: true });
    await tracedFetch(fake, options)(URL_, given);

    const asked = ',"stream_options":{"include_usage":true}}';
    expect(seen.bodies).toEqual([given.body.replace(/\}$/, asked)]);
  });

  it("has no event but the one less, at every split of its bytes", async () => {
    const all = Buffer.from(EVENTS_WITH_USAGE.join(""));
    const start = all.indexOf(USAGE_EVENT);
    for (let at = 1; at < all.length; at++) {
      const chunks = [all.subarray(0, at), all.subarray(at)];
      const { fake, seen } = streaming(chunks);
      const expected = withoutUsage(chunks, start);

      const response = await tracedFetch(fake, options)(URL_, chat({ stream: true }));
      const got = await readChunks(response, seen);

      expect(got.map(([text]) => text)).toEqual(expected);
    }
    expect(recording.spans().length).toBe(all.length - 1);
    for (const span of recording.spans()) {
      expect(span.attributes["gen_ai.usage.input_tokens"]).toBe(3);
    }
  });

  it.each([1, 2, 3, 7, 64])("has no event but the one less in pieces of %i bytes", async (size) => {
    const chunks = split(EVENTS_WITH_USAGE.join(""), size);
    const start = Buffer.from(EVENTS_WITH_USAGE.join("")).indexOf(USAGE_EVENT);
    const { fake, seen } = streaming(chunks);

    const response = await tracedFetch(fake, options)(URL_, chat({ stream: true }));
    const got = await readChunks(response, seen);

    expect(got.map(([text]) => text)).toEqual(withoutUsage(chunks, start));
  });

  it("waits for nothing before its answer has finished", async () => {
    const chunks = split(EVENTS_WITH_USAGE.join(""), 7);
    const finish = EVENTS_WITH_USAGE.slice(0, 3).join("").length / 7;
    const { fake, seen } = streaming(chunks);

    const response = await tracedFetch(fake, options)(URL_, chat({ stream: true }));
    const got = await readChunks(response, seen);

    const pulls = got.map(([, count]) => count).slice(0, Math.floor(finish));
    expect(pulls).toEqual(pulls.map((_, index) => index + 1));
    expect(pulls.length).toBeGreaterThan(40);
  });

  it.each(["\r\n", "\r"])("is cut at its lines' own ends (%j)", async (lineEnd) => {
    const [all, usage] = [EVENTS_WITH_USAGE.join(""), USAGE_EVENT].map((text) =>
      text.replaceAll("\n", lineEnd),
    ) as [string, string];
    for (const size of [1, 2, 5, 10_000]) {
      const { fake, seen } = streaming(split(all, size));
      const response = await tracedFetch(fake, options)(URL_, chat({ stream: true }));
      const got = await readChunks(response, seen);

      expect(got.map(([text]) => text).join("")).toBe(bytesOf([all.replace(usage, "")]));
    }
  });

  it("is read by a buffer of the caller's own, and by both branches of a tee", async () => {
    for (const size of [1, 9, 10_000]) {
      const { fake } = streaming(split(EVENTS_WITH_USAGE.join(""), size), "bytes");
      const hooked = tracedFetch(fake, options);

      const first = await hooked(URL_, chat({ stream: true }));
      const reader = (first.body as ReadableStream<Uint8Array>).getReader({ mode: "byob" });
      let text = "";
      for (;;) {
        const { done, value } = await reader.read(new Uint8Array(11));
        text += Buffer.from(value ?? []).toString("latin1");
        if (done) break;
      }
      expect(text).toBe(bytesOf(EVENTS));

      const second = await hooked(URL_, chat({ stream: true }));
      const other = second.clone();
      expect(await Promise.all([second.text(), other.text()])).toEqual([
        EVENTS.join(""),
        EVENTS.join(""),
      ]);
    }
  });

  it("gives what came before it was cut, and then the error itself", async () => {
    const torn = new Error("torn");
    const chunks = [EVENTS[3], 'data: {"choices":[],"us'].map((text) => Buffer.from(text ?? ""));
    const body = new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.error(torn);
        else controller.enqueue(chunk);
      },
    });
    const fake = async (_url: string, _init: object) =>
      new Response(body, { headers: STREAM_HEADERS });

    const response = await tracedFetch(fake, options)(URL_, chat({ stream: true }));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();

    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(EVENTS[3]);
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain('"us');
    await expect(reader.read()).rejects.toBe(torn);
    expect(recording.fields("chat m-1").error).toBe("Error: torn");
  });

  it("is not asked where it might not be known, or where the program has said what it wants", async () => {
    const bodies = [
      [options, chat({ stream: true, stream_options: { include_usage: false } })],
      [options, chat({ stream: false })],
      [options, chat()],
      [{}, chat({ stream: true })],
      [{ ...options, includeUsage: false }, chat({ stream: true })],
      [options, { ...chat({ stream: true }), body: Buffer.from(chat({ stream: true }).body) }],
    ] as const;
    for (const [given, init] of bodies) {
      const { fake, seen } = streaming(EVENTS);
      const response = await tracedFetch(fake, given)(URL_, init);

      expect(seen.bodies).toEqual([init.body]);
      expect(await response.text()).toBe(EVENTS.join(""));
    }
  });

  it("is asked at OpenAI's own host by itself", async () => {
    const { fake, seen } = streaming(EVENTS_WITH_USAGE);
    const url = "https://api.openai.com/v1/chat/completions";
    const response = await tracedFetch(fake)(url, chat({ stream: true }));

    expect(seen.bodies[0]).toContain("include_usage");
    expect(await response.text()).toBe(EVENTS.join(""));
  });
});

/** The chunks without the bytes of the usage event, those that held nothing else left out. */
function withoutUsage(chunks: readonly Uint8Array[], start: number): string[] {
  const end = start + Buffer.byteLength(USAGE_EVENT);
  let at = 0;
  return chunks
    .map((chunk) => {
      const from = at;
      at += chunk.length;
      return Buffer.from(
        [...chunk].filter((_, index) => from + index < start || from + index >= end),
      ).toString("latin1");
    })
    .filter((text) => text !== "");
}
