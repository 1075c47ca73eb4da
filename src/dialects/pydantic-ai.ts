import { asList, asObject } from "./attribute-values.ts";
import { chatMessages } from "./chat-messages.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { SpanAttributes } from "./span-attributes.ts";

/**
 * What Pydantic AI says in its own words beside OpenTelemetry's. In its older versions agents and tools name no
 * operation: an agent's run is told by `agent_name`, a tool by its arguments.
 *
 * @see https://ai.pydantic.dev/logfire/
 */
export const pydanticAi: Dialect = {
  roots: [
    "agent_name",
    "model_request_parameters",
    "pydantic_ai",
    "tool_arguments",
    "tool_response",
  ],
  read(span): DialectReading | undefined {
    const attributes = new SpanAttributes(span.attributes);
    const reading = attributes.has("model_request_parameters")
      ? readOffered(attributes)
      : attributes.has("tool_arguments", "tool_response")
        ? readTool(attributes)
        : readAgent(attributes);
    return reading && { ...reading, unreadable: attributes.unreadable };
  },
};

/** The tools that a model was offered, and the shape its answer was to have. */
function readOffered(attributes: SpanAttributes): DialectReading {
  const given = asObject(attributes.json("model_request_parameters"));
  const tools = [...asList(given?.function_tools), ...asList(given?.output_tools)]
    .map(asObject)
    .map((tool) => ({ ...tool, parameters: tool?.parameters_json_schema }));
  const schema = asObject(asObject(given?.output_object)?.json_schema);
  return {
    kernel: {
      tools: tools.length > 0 ? tools : undefined,
      response_format:
        given?.output_mode === "native" && schema !== undefined
          ? { type: "json_schema", json_schema: schema }
          : undefined,
    },
  };
}

function readTool(attributes: SpanAttributes): DialectReading {
  const name = attributes.text("gen_ai.tool.name");
  return {
    kind: "tool",
    inference: false,
    operation: "execute_tool",
    name,
    tool: name === undefined ? undefined : { name },
    inputs: attributes.json("tool_arguments"),
    output: attributes.json("tool_response"),
  };
}

function readAgent(attributes: SpanAttributes): DialectReading | undefined {
  const all = chatMessages(
    attributes.json("pydantic_ai.all_messages", "all_messages", "all_messages_events"),
  );
  if (all === undefined && !attributes.has("final_result", "model_name")) return undefined;
  const last = all?.at(-1);
  const isAnswer = last?.role === "assistant";
  const output = attributes.json("final_result");
  return {
    kind: "flow",
    inference: false,
    operation: "invoke_agent",
    name: attributes.text("gen_ai.agent.name", "agent_name"),
    messages: isAnswer ? all?.slice(0, -1) : all,
    ...(isAnswer ? { outputMessage: last, output } : { output }),
  };
}
