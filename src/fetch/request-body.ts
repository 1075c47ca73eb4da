import { isInstance } from "../base/data-property.ts";
import type { Outcome } from "../base/log-types.ts";
import { guarded } from "../spans/guard.ts";
import { context } from "../spans/otel-api.ts";
import { watchStream } from "../spans/watch-stream.ts";
import { type FetchCall, headersOf } from "./fetch-call.ts";

/** A body that is only seen as it is sent is read so far, in bytes. */
const MAX_SENT_BYTES = 33_554_432;

/**
 * A request's body: its value where it is JSON that lies there already, `later` where it is seen
 * only as it is sent. Neither: it is not read.
 */
export interface RequestBody {
  readonly value?: unknown;
  /** The body's text, where it was a string. */
  readonly text?: string;
  /** Tells the value once, when it is known; `undefined` where it can't be read. */
  readonly later?: (tell: (value: unknown) => void) => void;
}

/**
 * Looks at a call's body without reading anything that the call itself is to read: strings and
 * buffers at once, a `Blob` by itself, a stream and a `Request`'s body as they are sent. Forms,
 * iterables and compressed bodies are not read.
 */
export function readRequestBody(call: FetchCall): RequestBody {
  const body: unknown = call.init?.body ?? call.request?.body;
  if (typeof body === "string") return { value: parseJson(body), text: body };
  if (headersOf(call).has("content-encoding")) return {};
  if (isInstance(body, ArrayBuffer)) return { value: parseBytes(new Uint8Array(body)) };
  if (ArrayBuffer.isView(body)) {
    return { value: parseBytes(new Uint8Array(body.buffer, body.byteOffset, body.byteLength)) };
  }
  if (isInstance(body, Blob)) return { later: (tell) => readBlob(body, tell) };
  if (isInstance(body, ReadableStream) && !body.locked) {
    return { later: (tell) => watchSent(body, tell) };
  }
  return {};
}

function parseBytes(bytes: Uint8Array): unknown {
  return parseJson(new TextDecoder().decode(bytes));
}

/** The object that a text is the JSON of. Providers take nothing else. */
function parseJson(text: string): unknown {
  try {
    return /^\s*\{/.test(text) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** A blob does not change and can be read any number of times. */
function readBlob(blob: Blob, tell: (value: unknown) => void): void {
  blob.text().then(
    (text) => tell(parseJson(text)),
    () => tell(undefined),
  );
}

function watchSent(stream: ReadableStream, tell: (value: unknown) => void): void {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const watcher = {
    count: 0,
    add(chunk: unknown) {
      watcher.count++;
      guarded("reading a request", () => {
        if (!isInstance(chunk, Uint8Array)) return;
        bytes += chunk.byteLength;
        text = bytes > MAX_SENT_BYTES ? "" : text + decoder.decode(chunk, { stream: true });
      });
    },
    end(outcome: Outcome) {
      tell(outcome === "ok" ? parseJson(text + decoder.decode()) : undefined);
    },
    fail: () => tell(undefined),
  };
  if (!watchStream(stream, context.active(), watcher)) tell(undefined);
}
