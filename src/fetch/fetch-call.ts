import { isInstance, isObject } from "../base/data-property.ts";

/** One call of a `fetch`, as its arguments have it. */
export interface FetchCall {
  readonly url: URL;
  /** In upper case. */
  readonly method: string;
  readonly request: Request | undefined;
  readonly init: RequestInit | undefined;
}

/** The call that the arguments make; `undefined` where no `fetch` would take them. */
export function readCall([input, init]: readonly unknown[]): FetchCall | undefined {
  const options = isObject(init) ? (init as RequestInit) : undefined;
  const request = isInstance(input, Request) ? input : undefined;
  const url = request?.url ?? String(input);
  if (!URL.canParse(url)) return undefined;
  const method = options?.method ?? request?.method ?? "GET";
  return { url: new URL(url), method: method.toUpperCase(), request, init: options };
}

/** The headers that the call sends: those of the options replace a request's. */
export function headersOf({ request, init }: FetchCall): Headers {
  return new Headers(init?.headers ?? request?.headers);
}

/** The same arguments with this in the options, which may be a `Request` or inherit what they say. */
export function withInit(args: readonly unknown[], more: RequestInit): readonly unknown[] {
  const [input, init, ...rest] = args;
  const options: Record<string, unknown> = {};
  for (const key in init as object) options[key] = (init as Record<string, unknown>)[key];
  return [input, { ...options, ...more }, ...rest];
}
