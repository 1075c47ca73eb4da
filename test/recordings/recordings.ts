import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";

/** Recorded provider traffic stands beside the checkout; without it the tests skip by name. */
const FOLDER = fileURLToPath(new URL("../../../shared/fixtures/", import.meta.url));

export const hasRecordings: boolean = existsSync(`${FOLDER}index.json`);

/** The server that replays the recordings over real HTTP. */
export const REPLAY_SERVER: string = `${FOLDER}replay-server.mjs`;

/** One recorded answer's values, read from it independently of this library. */
export interface ExpectedAnswer {
  readonly model?: string | null;
  readonly response_id?: string | null;
  readonly finish_reasons?: readonly (string | number | null)[];
  readonly usage?: {
    readonly input?: number;
    readonly output?: number;
    readonly cached_input?: number;
    readonly cache_creation?: number;
    readonly reasoning?: number;
  };
  readonly text_chars?: number;
  /** How its text begins. */
  readonly text_head?: string;
  readonly text_sha256?: string;
  readonly tool_calls?: readonly RecordedToolCall[];
  readonly error?: { readonly status: number; readonly message: string };
  /** An error that came inside a stream with status 200. */
  readonly stream_error?: { readonly message: string };
}

export interface RecordedToolCall {
  readonly id?: string | null;
  readonly name: string;
  readonly arguments: unknown;
}

/** One recorded request and its answer. */
export interface RecordedCall {
  /** `openai/chat-completions/NAME`. */
  readonly id: string;
  /** Which of the recording's calls. */
  readonly index: number;
  readonly provider: string;
  readonly api: string;
  readonly status: number;
  readonly isStream: boolean;
  /** `undefined`: the recording keeps the answer only. */
  readonly request: { readonly url: string; readonly body: unknown } | undefined;
  readonly expected: ExpectedAnswer;
}

/** Every recorded call. */
export function recordedCalls(): readonly RecordedCall[] {
  if (!hasRecordings) return [];
  const index = readJson("index.json") as {
    readonly provider_recordings: readonly {
      readonly file: string;
      readonly provider: string;
      readonly api: string;
      readonly expected: readonly ExpectedAnswer[];
    }[];
  };
  return index.provider_recordings.flatMap(({ file, provider, api, expected }) => {
    const { interactions } = readJson(file) as {
      readonly interactions: readonly {
        readonly request: RecordedCall["request"] | null;
        readonly response: { readonly status: number; readonly sse?: string };
      }[];
    };
    return interactions.map(({ request, response }, at) => ({
      id: file.replace(/\.json$/, ""),
      index: at,
      provider,
      api,
      status: response.status,
      isStream: response.sse !== undefined,
      request: request ?? undefined,
      expected: expected[at] ?? {},
    }));
  });
}

/** For each API the recorded stream that has the longest text. */
export function longestStreams(): [string, RecordedCall][] {
  const byApi = new Map<string, RecordedCall>();
  for (const call of recordedCalls()) {
    const { api, isStream, expected } = call;
    const longest = byApi.get(api)?.expected.text_chars ?? 0;
    if (isStream && (expected.text_chars ?? 0) > longest) byApi.set(api, call);
  }
  return [...byApi];
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(`${FOLDER}${file}`, "utf8"));
}

/** How a recorded call is made again. */
export interface DriveOptions {
  /** The replay server's. */
  readonly url: string;
  /** A fault of the replay server: `429`, `500`, `529`, `cut`, `error-event`, `hang`. */
  readonly fail?: string;
  readonly signal?: AbortSignal;
  /** The clients' `fetch` option; `@google/genai` has none and takes the global one. */
  readonly fetch?: typeof fetch;
}

/**
 * Makes the recorded call with the provider's official client, and gives what the client gives:
 * a promise of the answer, or of its stream.
 */
export function drive(call: RecordedCall, options: DriveOptions): Promise<unknown> {
  const baseURL = `${options.url}/f/${call.id}`;
  const { signal } = options;
  const headers = {
    "x-replay-index": String(call.index),
    ...(options.fail !== undefined && { "x-replay-fail": options.fail }),
  };
  const shared = {
    apiKey: "none",
    maxRetries: 0,
    defaultHeaders: headers,
    ...(options.fetch && { fetch: options.fetch }),
  };
  const isBeta = call.request?.url.includes("beta=true") === true;
  const body = { ...EMPTY_BODIES[call.api], ...asBody(call.request?.body), stream: call.isStream };
  const { stream: _, ...bodyAlone } = body;
  switch (call.api) {
    case "chat-completions":
      return new OpenAI({ ...shared, baseURL: `${baseURL}/v1` }).chat.completions.create(
        body as never,
        { signal },
      );
    case "responses":
      return new OpenAI({ ...shared, baseURL: `${baseURL}/v1` }).responses.create(body as never, {
        signal,
      });
    case "embeddings":
      return new OpenAI({ ...shared, baseURL: `${baseURL}/v1` }).embeddings.create(
        bodyAlone as never,
        { signal },
      );
    case "messages":
    case "count-tokens": {
      const client = new Anthropic({ ...shared, baseURL });
      // Both take these calls alike.
      const { messages } = (isBeta ? client.beta : client) as Anthropic;
      return call.api === "messages"
        ? messages.create(body as never, { signal })
        : messages.countTokens(bodyAlone as never, { signal });
    }
    case "generate-content": {
      const httpOptions = { baseUrl: baseURL, headers };
      const { models } = new GoogleGenAI({ apiKey: "none", httpOptions });
      const parameters = toGoogleParameters(call, signal);
      return call.isStream
        ? models.generateContentStream(parameters as never)
        : models.generateContent(parameters as never);
    }
    default:
      throw new Error(`drive(): expected a known API, got ${call.api}. Add its client here.`);
  }
}

/** Makes the recorded call as a program without a client does, and gives the platform's Response. */
export function driveBare(call: RecordedCall, { url, signal }: DriveOptions): Promise<Response> {
  const { pathname, search } = new URL(call.request?.url ?? `http://any/v1/${call.api}`);
  return fetch(`${url}/f/${call.id}${pathname}${search}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-replay-index": String(call.index) },
    body: JSON.stringify(asBody(call.request?.body)),
    signal,
  });
}

/** Where a recording keeps no request: the least that a client takes. */
const EMPTY_BODIES: Readonly<Record<string, Record<string, unknown>>> = {
  "chat-completions": { model: "any", messages: [] },
  responses: { model: "any", input: "hi" },
  messages: { model: "any", max_tokens: 1, messages: [] },
};

/** Parts of a recorded Gemini request that its client takes elsewhere, or that only Vertex has. */
const GOOGLE_CONFIG = ["tools", "systemInstruction", "safetySettings", "toolConfig"];

/** A recorded body as the Gemini client's parameters. */
function toGoogleParameters({ request }: RecordedCall, abortSignal?: AbortSignal): object {
  const { contents, generationConfig, ...others } = asBody(request?.body);
  const config: Record<string, unknown> = { ...asBody(generationConfig), abortSignal };
  for (const name of GOOGLE_CONFIG) {
    if (others[name] !== undefined) config[name] = others[name];
  }
  const [, model = "any"] = /models\/([^:]+):/.exec(request?.url ?? "") ?? [];
  return { model, contents, config };
}

function asBody(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Reads an answer to its end, as a program would. */
export async function readAll(answer: unknown): Promise<unknown> {
  const settled: unknown = await answer;
  const stream = settled as AsyncIterable<unknown>;
  if (typeof stream?.[Symbol.asyncIterator] !== "function") return settled;
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
