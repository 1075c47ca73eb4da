import { isSecretKey, MASKED, maskSecrets } from "../../../src/base/mask.ts";
import type { Attributes, ReceivedSpan } from "./received-span.ts";

/**
 * The span with every secret in its texts replaced, as logs have them: what is stored of it holds
 * none. Numbers, ids and times stay.
 */
export function maskSpan(span: ReceivedSpan): ReceivedSpan {
  const { status, events, links } = span;
  return {
    ...span,
    ...(span.traceState !== undefined && { traceState: maskSecrets(span.traceState) }),
    name: maskSecrets(span.name),
    status: {
      ...status,
      ...(status.message !== undefined && { message: maskSecrets(status.message) }),
    },
    attributes: maskAttributes(span.attributes),
    events: events.map((event) => ({
      ...event,
      name: maskSecrets(event.name),
      attributes: maskAttributes(event.attributes),
    })),
    links: links.map((link) => ({ ...link, attributes: maskAttributes(link.attributes) })),
    resource: maskAttributes(span.resource),
  };
}

function maskAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [maskSecrets(key), maskValue(value, key)]),
  );
}

/** Values are as deep as a body may nest, which is less than calls may. */
function maskValue(value: unknown, key: string): unknown {
  if (typeof value === "string") return isSecretKey(key) ? MASKED : maskSecrets(value);
  if (Array.isArray(value)) return value.map((each) => maskValue(each, key));
  return typeof value === "object" && value !== null ? maskAttributes(value as Attributes) : value;
}
