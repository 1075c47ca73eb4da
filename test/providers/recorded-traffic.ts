import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Recorded provider traffic stands beside the checkout; without it the tests skip by name. */
const FOLDER = fileURLToPath(new URL("../../../shared/fixtures/", import.meta.url));

export const hasRecordings: boolean = existsSync(`${FOLDER}index.json`);

/** One recorded answer's values, read from it independently. */
export interface ExpectedAnswer {
  readonly usage: {
    readonly input?: number;
    readonly output?: number;
    readonly cached_input?: number;
    readonly cache_creation?: number;
    readonly reasoning?: number;
  };
  readonly model?: string | null;
  readonly response_id?: string | null;
  readonly finish_reasons?: readonly (string | number | null)[];
  readonly text_sha256: string;
  /** In UTF-16 units. */
  readonly text_chars: number;
  readonly tool_calls: readonly { id: string | null; name: string; arguments: string }[];
  readonly error?: { readonly message: string };
  /** An error that came inside a stream with status 200. */
  readonly stream_error?: { readonly message: string };
}

export interface Recording {
  /** `openai/chat-completions/NAME`. */
  readonly id: string;
  readonly streaming: boolean;
  readonly expected: readonly ExpectedAnswer[];
}

/** The recordings of one API of one provider. */
export function recordingsOf(provider: string, api: string): readonly Recording[] {
  if (!hasRecordings) return [];
  const index = JSON.parse(readFileSync(`${FOLDER}index.json`, "utf8")) as {
    provider_recordings: (Recording & { file: string; provider: string; api: string })[];
  };
  return index.provider_recordings
    .filter((each) => each.provider === provider && each.api === api)
    .map((each) => ({ ...each, id: each.file.replace(/\.json$/, "") }));
}

/** How a recorded answer came: as JSON with this status, or as a stream. */
export function answersOf({ id }: Recording): readonly { status: number; streamed: boolean }[] {
  const { interactions } = JSON.parse(readFileSync(`${FOLDER}${id}.json`, "utf8")) as {
    interactions: { response: { status: number; sse?: string } }[];
  };
  return interactions.map(({ response }) => ({
    status: response.status,
    streamed: response.sse !== undefined,
  }));
}

/** Serves the recordings over real HTTP. */
export async function startReplayServer(): Promise<{ url: string; stop(): void }> {
  const arguments_ = [`${FOLDER}replay-server.mjs`, "--first-ms", "0", "--chunk-ms", "0"];
  const child: ChildProcess = spawn(process.execPath, arguments_, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  return { url, stop: () => void child.kill() };
}

/** One recorded call. */
export interface Interaction {
  readonly provider: string;
  readonly api: string;
  /** `openai/chat-completions/NAME 1`. */
  readonly name: string;
  readonly request: { readonly url: string; readonly body?: unknown } | undefined;
  readonly status: number;
  readonly contentType: string;
  /** The body's text. */
  readonly text: string;
  readonly expected: ExpectedAnswer;
}

/** Every recorded call of every provider. */
export function allInteractions(): readonly Interaction[] {
  if (!hasRecordings) return [];
  const index = JSON.parse(readFileSync(`${FOLDER}index.json`, "utf8")) as {
    provider_recordings: {
      file: string;
      provider: string;
      api: string;
      expected: ExpectedAnswer[];
    }[];
  };
  return index.provider_recordings.flatMap(({ file, provider, api, expected }) => {
    const { interactions } = JSON.parse(readFileSync(`${FOLDER}${file}`, "utf8")) as {
      interactions: RecordedCall[];
    };
    return interactions.map(({ request, response }, at) => ({
      provider,
      api,
      name: `${file.replace(/\.json$/, "")} ${at + 1}`,
      request: request ?? undefined,
      status: response.status,
      contentType: response.sse === undefined ? "application/json" : "text/event-stream",
      text: response.sse ?? JSON.stringify(response.body),
      expected: expected[at] as ExpectedAnswer,
    }));
  });
}

interface RecordedCall {
  readonly request: { readonly url: string; readonly body?: unknown } | null;
  readonly response: { readonly status: number; readonly body?: unknown; readonly sse?: string };
}
