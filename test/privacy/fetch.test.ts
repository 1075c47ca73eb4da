import { describe, expect, it } from "vitest";
import { tracedFetch } from "../../src/fetch/index.ts";
import { flow, record } from "../../src/index.ts";
import { ALL_CANARIES, leaksIn, SECRET_HEADERS } from "./canaries.ts";
import { seenOf } from "./seen.ts";

const KEY = "9c4a1e7f".repeat(5);
const REQUEST_ID = "req_Zq7Canary9";

/** Each kind of answer that a provider has, with this text wherever it may have one. */
function answersWith(text: string): Readonly<Record<string, () => Promise<Response>>> {
  const message = { role: "assistant", content: text, refusal: text };
  const completion = {
    id: "c",
    object: "chat.completion",
    model: "m",
    system_fingerprint: text,
    choices: [{ index: 0, message, finish_reason: "stop" }],
  };
  const chunk = {
    ...completion,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: message, finish_reason: null }],
  };
  const error = { error: { type: `no ${text}`, message: text, code: `no ${text}` } };
  const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
  const json = (value: unknown, status = 200) => response(JSON.stringify(value), "json", status);
  return {
    "an answer": async () => json(completion),
    "a stream": async () => response(event(chunk) + event("[DONE]"), "event-stream"),
    "an error in a stream": async () => response(event(chunk) + event(error), "event-stream"),
    "a broken event": async () => response(event(chunk) + event(text).slice(0, -9), "event-stream"),
    "an error's status": async () => json(error, 429),
    "an answer of another shape": async () => json({ [text]: text, headers: SECRET_HEADERS }),
    "broken JSON": async () => response(`{"a":${JSON.stringify(text)}`, "json"),
    "a proxy's page": async () => response(`<h1>${text}</h1>`, "html", 502),
    "a failing connection": async () => {
      throw new TypeError(text, { cause: new Error(text) });
    },
  };
}

function response(body: string, subtype: string, status = 200): Response {
  const type = subtype === "json" ? "application/json" : `text/${subtype}`;
  const headers = { "content-type": type, "x-request-id": REQUEST_ID, "set-cookie": KEY };
  return new Response(body, { status, headers });
}

/** One call with this text in its body, and every secret where calls have them. */
async function call(answer: () => Promise<Response>, text: string): Promise<void> {
  const traced = tracedFetch(async (_url: string, _init: object) => answer());
  const model = `m ${text}`;
  const messages = [{ role: "user", content: text, name: text }];
  const body = { model, stream: true, user: text, metadata: { [text]: text }, messages };
  const headers = { authorization: `Bearer ${KEY}`, "x-api-key": KEY, "openai-organization": KEY };
  const url = `https://me:${KEY}@h.test/v1/chat/completions?key=${KEY}`;
  const got = await traced(url, { method: "POST", headers, body: JSON.stringify(body) }).catch(
    () => undefined,
  );
  await got?.text();
}

const ANSWERS = Object.keys(answersWith(""));

describe.each(["batch", "document"] as const)("the fetch hook on the %s wire", (wire) => {
  it.each(ANSWERS)("shows no key, header or masked secret of %s", async (kind) => {
    const answer = answersWith(ALL_CANARIES)[kind] as () => Promise<Response>;

    const {
      spans,
      wire: sent,
      diag,
      logs,
    } = await seenOf(wire, {}, () => call(answer, ALL_CANARIES));

    for (const seen of [spans, sent, diag]) {
      expect(leaksIn(seen)).toEqual([]);
      expect(seen).not.toContain(KEY);
      expect(seen).not.toContain(REQUEST_ID);
    }
    expect(logs).toHaveLength(1);
  });

  it.each(ANSWERS)("shows no content of %s where none is to be seen", async (kind) => {
    const answer = answersWith("private")[kind] as () => Promise<Response>;
    const run = () => call(answer, "private");

    const none = await seenOf(wire, { content: "none" }, run);
    const log = await seenOf(wire, { content: "log" }, run);
    const unsaved = await seenOf(wire, {}, () =>
      flow("f", async () => {
        record({ save: false });
        await run();
      })(),
    );

    for (const seen of [none.spans, none.wire, none.diag, log.spans, log.diag]) {
      expect(withoutModel(seen)).not.toContain("private");
    }
    // By the Log API an error's text stays with `save: false`.
    for (const { error, ...others } of unsaved.logs) {
      expect(withoutModel(JSON.stringify(others))).not.toContain("private");
    }
    expect(log.wire).toContain("private");
  });
});

/** A model's name is no content. */
function withoutModel(seen: string): string {
  return seen.replaceAll("m private", "");
}
