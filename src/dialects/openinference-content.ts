import { asList, asObject, asStructure, asText } from "./attribute-values.ts";
import { type ChatMessage, contentMessages } from "./chat-messages.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { flatList, flatMessages } from "./openinference-messages.ts";
import { requestPayload } from "./request-payload.ts";
import { responsePayload } from "./response-payload.ts";
import type { SpanAttributes } from "./span-attributes.ts";
import { vectorSize, withoutVectors } from "./vectors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A span's input or output: JSON by its MIME type or by its looks, else text. */
export function plainValue(attributes: SpanAttributes, side: "input" | "output"): unknown {
  const isText = attributes.text(`${side}.mime_type`) === "text/plain";
  const name = `${side}.value`;
  return isText ? attributes.text(name) : attributes.json(name);
}

/**
 * What went into a model and what came out of it. The flattened messages go before the raw request
 * and response, which say what the flattened ones leave out: why the answer ended, its id, tokens.
 *
 * @param isChunked the writer gives each piece of a streamed answer as a message.
 */
export function callContent(attributes: SpanAttributes, isChunked: boolean): DialectReading {
  const input = plainValue(attributes, "input");
  const request = requestPayload(input, true);
  const variables = asObject(attributes.json("llm.prompt_template.variables"));
  const messages =
    flatMessages(attributes, "llm.input_messages") ??
    completionPrompts(attributes) ??
    request.messages ??
    (typeof input === "string" ? contentMessages("user", input) : undefined);
  const answers = flatMessages(attributes, "llm.output_messages");
  const response = responsePayload(plainValue(attributes, "output"), true);
  const flat = isChunked ? joinChunks(answers) : (answers?.[0] ?? completionChoice(attributes));
  // A refusal has no attribute: the message is empty there.
  const answer = isEmpty(flat) ? (response.outputMessage ?? flat) : flat;
  return {
    ...response,
    messages,
    inputs: variables ?? (messages === undefined ? input : undefined),
    outputMessage: answer,
    output: answer === undefined ? response.output : undefined,
    toolChoice: request.toolChoice,
  };
}

function isEmpty(message: ChatMessage | undefined): boolean {
  return !message?.content && !message?.tool_calls && !message?.reasoning;
}

/** The texts that a completions API was given. */
function completionPrompts(attributes: SpanAttributes): readonly ChatMessage[] | undefined {
  const prompts = flatList(attributes, "llm.prompts").flatMap((entry) =>
    contentMessages("user", entry["prompt.text"] ?? entry[""]),
  );
  return prompts.length > 0 ? prompts : undefined;
}

function completionChoice(attributes: SpanAttributes): ChatMessage | undefined {
  const [choice] = flatList(attributes, "llm.choices");
  return contentMessages("assistant", choice?.["completion.text"] ?? choice?.[""] ?? "")[0];
}

function joinChunks(chunks: readonly ChatMessage[] | undefined): ChatMessage | undefined {
  if (chunks === undefined) return undefined;
  const calls = chunks.flatMap((chunk) => asList(chunk.tool_calls));
  const content = chunks.map((chunk) => asText(chunk.content) ?? "").join("");
  return { role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) };
}

/** What was embedded; of the vectors only their size. */
export function embeddingContent(attributes: SpanAttributes): DialectReading {
  const embeddings = flatList(attributes, "embedding.embeddings");
  const texts = embeddings.flatMap((entry) => asText(entry["embedding.text"]) ?? []);
  const vectors = embeddings.flatMap((entry) => entry["embedding.vector"] ?? []);
  return {
    inputs: texts.length > 0 ? { texts } : plainValue(attributes, "input"),
    output:
      embeddings.some((entry) => entry["embedding.vector"] !== undefined) && vectors.length > 0
        ? embeddings.map((entry) => vectorSize(entry["embedding.vector"]))
        : withoutVectors(plainValue(attributes, "output")),
  };
}

/** What was asked for, and the documents that were found. */
export function retrievalContent(attributes: SpanAttributes): DialectReading {
  const found = documents(attributes, "retrieval.documents");
  return {
    inputs: plainValue(attributes, "input"),
    output: found ?? plainValue(attributes, "output"),
  };
}

/** What was put in order, and in which order it came out. */
export function rerankingContent(attributes: SpanAttributes): DialectReading {
  const given = {
    query: attributes.text("reranker.query"),
    top_k: attributes.number("reranker.top_k"),
    documents: documents(attributes, "reranker.input_documents"),
  };
  const inputs = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    inputs: inputs.length > 0 ? Object.fromEntries(inputs) : plainValue(attributes, "input"),
    output: documents(attributes, "reranker.output_documents") ?? plainValue(attributes, "output"),
  };
}

function documents(attributes: SpanAttributes, prefix: string): readonly Fields[] | undefined {
  const found = flatList(attributes, prefix).map((entry) => ({
    id: entry["document.id"],
    content: entry["document.content"],
    score: entry["document.score"],
    metadata: asStructure(entry["document.metadata"]),
  }));
  return found.length > 0 ? found : undefined;
}

/** A tool by what it was given and gave. Some writers put the arguments where its schema belongs. */
export function toolContent(attributes: SpanAttributes, name: string | undefined): DialectReading {
  const schema = asObject(attributes.json("tool.json_schema"));
  const { parameters } = asObject(schema?.function) ?? schema ?? {};
  const description = attributes.text("tool.description");
  return {
    tool: name === undefined ? undefined : { name, description, parameters },
    inputs: plainValue(attributes, "input") ?? asObject(attributes.json("tool.parameters")),
    output: plainValue(attributes, "output"),
  };
}
