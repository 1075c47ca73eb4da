import { asString, type ProviderReading, type StreamReader } from "./provider-reading.ts";

/** What an HTTP body holds: a value, or a streamed response put together. */
export interface BodyReading {
  readonly value?: unknown;
  readonly reading?: ProviderReading;
}

/**
 * Reads the text of an HTTP body by its content type: JSON as its value, server-sent events of
 * a provider as the response that they make up. `undefined` for any other text, and for text
 * that is not what the type says.
 */
export function readBody(
  text: string,
  contentType: string,
  startStream: (firstChunk: unknown) => StreamReader | undefined,
): BodyReading | undefined {
  if (/\bjson\b/i.test(contentType)) return { value: parse(text) };
  if (!/^text\/event-stream\b/i.test(contentType)) return undefined;
  let reader: StreamReader | undefined;
  for (const data of eventData(text)) {
    const chunk = parse(data);
    if (reader === undefined) reader = startStream(chunk);
    else reader.add(chunk);
  }
  return { reading: reader?.reading() };
}

/** The data of each event, its lines joined. */
function eventData(text: string): readonly string[] {
  return text.split(/(?:\r\n?|\n){2,}/).map((event) =>
    event
      .split(/\r\n?|\n/)
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice("data:".length))
      .join("\n"),
  );
}

function parse(text: string): unknown {
  try {
    return asString(text) && JSON.parse(text);
  } catch {
    return undefined;
  }
}
