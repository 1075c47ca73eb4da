import type { LogType } from "../base/log-types.ts";
import type { SpanView } from "../base/span-view.ts";
import { underPrefix, without } from "./attribute-prefix.ts";
import { asNumber, asObject } from "./attribute-values.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { splitTools, withToolRoles } from "./langfuse-messages.ts";
import { langfuseCost, langfuseUsage } from "./langfuse-usage.ts";
import { pathName } from "./path-name.ts";
import { SpanAttributes } from "./span-attributes.ts";
import { spanPayload } from "./span-payload.ts";

/** What Langfuse's kinds of observations are as logs; what just happened (`event`) is none. */
const KINDS: ReadonlyMap<string, readonly [LogType | "none", operation: string]> = new Map([
  ["generation", ["prompt", "chat"]],
  ["embedding", ["tool", "embeddings"]],
  ["tool", ["tool", "execute_tool"]],
  ["retriever", ["tool", "retrieval"]],
  ["agent", ["flow", "invoke_agent"]],
  ["chain", ["flow", "chain"]],
  ["span", ["flow", "span"]],
  ["evaluator", ["flow", "evaluator"]],
  ["guardrail", ["flow", "guardrail"]],
  ["event", ["none", "event"]],
]);

/**
 * Observations of Langfuse's SDKs, and what they add to other instrumentations' spans: the session, user, tags and
 * metadata of the trace.
 *
 * @see https://langfuse.com/integrations/native/opentelemetry
 */
export const langfuse: Dialect = {
  roots: ["langfuse"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const model = attributes.text("langfuse.observation.model.name");
    const type =
      attributes.text("langfuse.observation.type")?.toLowerCase() ??
      (model === undefined ? undefined : "generation");
    const [kind, operation] = (type === undefined ? undefined : KINDS.get(type)) ?? [];
    return {
      kind,
      inference: kind && (type === "generation" || type === "embedding"),
      operation,
      name: readName(attributes, span, kind, model),
      tool: kind === "tool" ? { name: span.name } : undefined,
      ...readContent(attributes, kind, operation, model),
      ...langfuseUsage(attributes.json("langfuse.observation.usage_details")),
      ...langfuseCost(attributes.json("langfuse.observation.cost_details")),
      timeToFirstTokenSeconds: firstTokenSeconds(attributes, span),
      error: readError(attributes),
      sessionId: attributes.text("langfuse.session.id", "session.id"),
      user: attributes.text("langfuse.user.id", "user.id"),
      environment:
        attributes.text("langfuse.environment") ??
        new SpanAttributes(span.resource).text("langfuse.environment"),
      metadata: readMetadata(attributes),
      unreadable: attributes.unreadable,
    };
  },
};

/** A generation's name is its prompt's; others are named by whoever traced them. */
function readName(
  attributes: SpanAttributes,
  span: SpanView,
  kind: DialectReading["kind"],
  model: string | undefined,
): string | undefined {
  if (kind === undefined || kind === "none") return undefined;
  const isRoot = kind === "flow" && span.parentSpanId === undefined;
  return kind === "prompt"
    ? (attributes.text("langfuse.observation.prompt.name", "langfuse.prompt.name") ??
        pathName(span.name, model))
    : ((isRoot ? attributes.text("langfuse.trace.name") : undefined) ?? pathName(span.name, model));
}

function readContent(
  attributes: SpanAttributes,
  kind: DialectReading["kind"],
  operation: string | undefined,
  model: string | undefined,
): DialectReading {
  const of = (side: "input" | "output"): unknown =>
    attributes.json(
      `langfuse.observation.${side}`,
      ...(kind === "flow" ? [`langfuse.trace.${side}`] : []),
    );
  const { input, tools } = splitTools(of("input"));
  const { content, parameters } = spanPayload(kind, operation, input, of("output"));
  const { messages } = content;
  const settings = asObject(
    attributes.json(
      "langfuse.observation.model.parameters",
      "langfuse.observation.model_parameters",
    ),
  );
  const given = Object.entries(settings ?? {}).filter(([, value]) => value !== "");
  return {
    ...content,
    messages: messages && withToolRoles(messages),
    kernel: {
      ...Object.fromEntries(given),
      model,
      provider: attributes.text("langfuse.observation.metadata.ls_provider"),
      tools: tools ?? parameters.tools ?? parameters.functions,
    },
  };
}

/** The time stands as ISO text, which some of the SDKs quote as JSON. */
function firstTokenSeconds(attributes: SpanAttributes, span: SpanView): number | undefined {
  const name = "langfuse.observation.completion_start_time";
  const time = attributes.json(name);
  if (time === undefined) return undefined;
  const millis = typeof time === "string" ? Date.parse(time) : Number.NaN;
  const [seconds, nanos] = span.startTime;
  const passed = millis / 1000 - seconds - nanos / 1e9;
  if (Number.isNaN(millis)) attributes.note(name);
  return passed >= 0 ? passed : undefined;
}

/** Langfuse says so itself, and leaves the span's status alone. */
function readError(attributes: SpanAttributes): string | undefined {
  if (attributes.text("langfuse.observation.level") !== "ERROR") return undefined;
  return attributes.text("langfuse.observation.status_message") ?? "error";
}

function readMetadata(attributes: SpanAttributes): DialectReading["metadata"] {
  const level = attributes.text("langfuse.observation.level");
  const isSpecial = level !== undefined && level !== "DEFAULT" && level !== "ERROR";
  return without({
    ...underPrefix(attributes.all, "langfuse.trace.metadata."),
    ...underPrefix(attributes.all, "langfuse.observation.metadata."),
    // What was given as no object has no keys.
    metadata: attributes.json("langfuse.observation.metadata", "langfuse.trace.metadata"),
    tags: attributes.texts("langfuse.trace.tags"),
    prompt_version: asNumber(
      attributes.all["langfuse.observation.prompt.version"] ??
        attributes.all["langfuse.prompt.version"],
    ),
    release: attributes.text("langfuse.release"),
    version: attributes.text("langfuse.version"),
    level: isSpecial ? level : undefined,
    status_message: isSpecial ? attributes.text("langfuse.observation.status_message") : undefined,
  });
}
