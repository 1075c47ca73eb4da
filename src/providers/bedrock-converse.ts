import { dataProperty } from "../base/data-property.ts";
import { answer, argumentsText, textPart, toolCall } from "./chat-messages.ts";
import { errorMessage, errorOf } from "./error-body.ts";
import { asCount, asObject, asObjects, asString, type Data, sum } from "./own-data.ts";
import type { Provider, ProviderReading } from "./provider-reading.ts";
import { type Assembly, addText, startAssembly } from "./stream-reader.ts";

/**
 * Bedrock's Converse, as the AWS SDK gives it: the answer of a `ConverseCommand`, and the events of
 * a `ConverseStreamCommand`. The request's model is in no answer.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrockConverse: Provider = {
  readResponse,

  startStream: (firstChunk) =>
    dataProperty(dataProperty(firstChunk, "messageStart"), "role") === "assistant"
      ? startAssembly(new ConverseAssembly(), firstChunk, readResponse)
      : undefined,
};

function readResponse(value: unknown): ProviderReading | undefined {
  const message = asObject(dataProperty(dataProperty(value, "output"), "message"));
  if (!Array.isArray(message?.content) || message.role !== "assistant") return undefined;
  const response = asObject(value) as Data;
  const content = asObjects(message.content);
  const calls = content.flatMap(({ toolUse }) => asObjects([toolUse]));
  const hosted = calls.filter(({ type }) => type === "server_tool_use");
  return {
    outputMessage: answer(
      content.filter(({ text }) => text !== undefined).map(({ text }) => textPart(text)),
      {
        reasoning: content.map(thoughts).join(""),
        tool_calls: calls
          .filter((call) => !hosted.includes(call))
          .map((call) => toolCall(call.toolUseId, call.name, argumentsText(call.input))),
        server_tool_calls: hosted,
      },
    ),
    finishReason: asString(response.stopReason),
    ...readUsage(response.usage),
    error: errorOf(response),
  };
}

function thoughts({ reasoningContent }: Data): string {
  return asString(asObject(asObject(reasoningContent)?.reasoningText)?.text) ?? "";
}

/** `inputTokens` leaves out what was read from the cache or written to it. */
function readUsage(value: unknown): ProviderReading {
  const usage: Data = asObject(value) ?? {};
  const cached = asCount(usage.cacheReadInputTokens);
  const written = asCount(usage.cacheWriteInputTokens);
  return {
    promptTokens: sum(usage.inputTokens, cached, written),
    outputTokens: asCount(usage.outputTokens),
    cachedTokens: cached,
    cacheWriteTokens: written,
  };
}

/** One block as its pieces arrive. */
interface Block {
  readonly fields: Record<string, unknown>;
  readonly thoughts: Record<string, unknown>;
  toolUse: Record<string, unknown> | undefined;
}

class ConverseAssembly implements Assembly {
  readonly #blocks = new Map<number, Block>();
  #stopReason: unknown;
  #metadata: Data = {};
  #error: string | undefined;

  add(chunk: unknown): void {
    for (const [name, value] of Object.entries(asObject(chunk) ?? {})) {
      const event = asObject(value);
      if (event === undefined) continue;
      if (name === "contentBlockStart") {
        const { toolUse } = asObject(event.start) ?? {};
        if (asObject(toolUse)) this.#blockAt(event).toolUse = { ...asObject(toolUse) };
      } else if (name === "contentBlockDelta")
        addDelta(this.#blockAt(event), asObject(event.delta));
      else if (name === "messageStop") this.#stopReason = event.stopReason;
      else if (name === "metadata") this.#metadata = event;
      else if (name.endsWith("Exception")) this.#error = errorMessage(event);
    }
  }

  #blockAt(event: Data): Block {
    const index = asCount(event.contentBlockIndex) ?? 0;
    const block = this.#blocks.get(index) ?? { fields: {}, thoughts: {}, toolUse: undefined };
    this.#blocks.set(index, block);
    return block;
  }

  response(): unknown {
    const blocks = [...this.#blocks].sort(([one], [other]) => one - other);
    return {
      output: { message: { role: "assistant", content: blocks.map(([, block]) => whole(block)) } },
      stopReason: this.#stopReason,
      ...this.#metadata,
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }
}

function addDelta(block: Block, delta: Data | undefined): void {
  addText(block.fields, "text", delta?.text);
  addText(block.thoughts, "text", asObject(delta?.reasoningContent)?.text);
  const call = asObject(delta?.toolUse);
  if (call === undefined) return;
  block.toolUse ??= {};
  addText(block.toolUse, "input", call.input);
}

/** A call's input stays the text as it was written: it may be cut. */
function whole({ fields, thoughts: reasoningText, toolUse }: Block): Data {
  if (toolUse !== undefined) return { toolUse };
  return "text" in reasoningText ? { reasoningContent: { reasoningText } } : fields;
}
