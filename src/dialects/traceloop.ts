import type { LogType } from "../base/log-types.ts";
import { underPrefix } from "./attribute-prefix.ts";
import { asObject, asText } from "./attribute-values.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { SpanAttributes } from "./span-attributes.ts";

/** Its calls of models are `gen_ai` spans. */
const KINDS: ReadonlyMap<string, LogType> = new Map([
  ["workflow", "flow"],
  ["task", "flow"],
  ["agent", "flow"],
  ["tool", "tool"],
]);

const ASSOCIATION = "traceloop.association.properties.";

/**
 * Workflows, tasks, agents and tools of Traceloop's SDKs, and what they associate with every span.
 *
 * @see https://www.traceloop.com/docs/openllmetry/tracing/annotations
 */
export const traceloop: Dialect = {
  roots: ["traceloop"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const type = attributes.text("traceloop.span.kind")?.toLowerCase();
    const isKnown = type !== undefined && type !== "llm";
    const kind = isKnown ? (KINDS.get(type) ?? "none") : undefined;
    const name = attributes.text("traceloop.entity.name");
    const isLog = kind === "flow" || kind === "tool";
    return {
      kind,
      inference: isLog ? false : undefined,
      operation: isLog ? type : undefined,
      name: isLog ? (name ?? attributes.text("traceloop.workflow.name")) : undefined,
      tool: kind === "tool" && name !== undefined ? { name } : undefined,
      ...(isLog && readContent(attributes)),
      ...readAssociated(attributes),
      unreadable: attributes.unreadable,
    };
  },
};

/** `{ args, kwargs }` of a Python call, `{ inputs, ... }` of a framework, or any other value. */
function readContent(attributes: SpanAttributes): DialectReading {
  const input = attributes.json("traceloop.entity.input");
  const output = attributes.json("traceloop.entity.output");
  const call = asObject(input);
  const args = call?.args;
  const kwargs = asObject(call?.kwargs);
  const isNamed = Array.isArray(args) && args.length === 0 && kwargs !== undefined;
  return { inputs: isNamed ? kwargs : input, output };
}

function readAssociated(attributes: SpanAttributes): DialectReading {
  const { session_id, user_id, ...properties } =
    underPrefix(attributes.all, ASSOCIATION) ?? ({} as Readonly<Record<string, unknown>>);
  const prompt = {
    prompt_key: attributes.text("traceloop.prompt.key"),
    prompt_version: attributes.text("traceloop.prompt.version", "traceloop.prompt.version_name"),
    path: attributes.text("traceloop.entity.path"),
    workflow: attributes.text("traceloop.workflow.name"),
  };
  const said = Object.entries({ ...prompt, ...properties }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    sessionId: asText(session_id),
    user: asText(user_id),
    metadata: said.length > 0 ? Object.fromEntries(said) : undefined,
  };
}
