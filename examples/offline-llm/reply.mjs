import { bestSentences, searchTerms } from "./extract.mjs";
import { fillSchema } from "./fill-schema.mjs";
import { contentStems } from "./words.mjs";

/**
 * @typedef {import("openai/resources/chat/completions").ChatCompletionCreateParams} ChatRequest
 * @typedef {import("openai/resources/chat/completions").ChatCompletionMessageParam} Message
 * @typedef {import("openai/resources/chat/completions").ChatCompletionFunctionTool} Tool
 * @typedef {{ id: string, type: "function", function: { name: string, arguments: string } }} ToolCall
 * @typedef {{ content: string | null, toolCalls: ToolCall[], finishReason: "stop" | "tool_calls" | "length" }} Reply
 */

/**
 * What the endpoint says to one chat request: calls of the offered tools while there is no tool result, else an answer
 * quoted from the text in the messages. The same request always gets the same answer.
 *
 * @param {ChatRequest} request the body of POST /v1/chat/completions, checked
 * @returns {Reply}
 */
export function replyTo(request) {
  const { question, text } = readMessages(request.messages);
  const toolCalls = planToolCalls(request, question);
  if (toolCalls.length > 0) return { content: null, toolCalls, finishReason: "tool_calls" };
  return {
    content: answer(request.response_format, question, text),
    toolCalls: [],
    finishReason: "stop",
  };
}

/**
 * The question is the last user message, or the part of it that asks; the text is the tools' results, else the rest
 * of that message, else everything said before it.
 *
 * @param {Message[]} messages
 */
function readMessages(messages) {
  const last = messages.findLastIndex((message) => message.role === "user");
  const asked = splitQuestion(textOf(messages[last]));
  const results = messages.filter((message, index) => message.role === "tool" && index > last);
  const before = messages.filter((message, index) => index < last && message.role !== "tool");
  const sources = [results.map(textOf), [asked.rest], before.map(textOf)];
  const text = sources.map((source) => source.join("\n\n")).find((source) => source.trim() !== "");
  return { question: asked.question, text: text ?? "" };
}

/**
 * "Question: ..." on a line of its own, else the last sentence that ends with a question mark, else the whole.
 *
 * @param {string} message
 */
function splitQuestion(message) {
  const labelled = message.match(/^\s*question:\s*(.+)$/im);
  const sentences = message.split(/(?<=[.!?])\s+|\n/);
  const asking = labelled?.[0] ?? sentences.findLast((sentence) => sentence.trim().endsWith("?"));
  if (asking === undefined) return { question: message.trim(), rest: "" };
  return { question: labelled?.[1] ?? asking, rest: message.replace(asking, "").trim() };
}

/**
 * The text of a message, its parts joined; images and sounds are no text.
 *
 * @param {Message | undefined} message
 */
export function textOf(message) {
  if (typeof message?.content === "string") return message.content;
  if (!Array.isArray(message?.content)) return "";
  return message.content
    .filter((part) => part.type === "text")
    .map((part) => part.text)
    .join("\n");
}

/**
 * @param {ChatRequest["response_format"]} format the request's response_format
 * @param {string} question
 * @param {string} text
 */
function answer(format, question, text) {
  const sentences = bestSentences(text, question);
  const spoken = sentences.join(" ") || "The given text does not say.";
  if (format?.type === "json_schema") {
    const source = {
      text: spoken,
      terms: sentences.length > 0 ? sentences : searchTerms(question),
    };
    return JSON.stringify(fillSchema(format.json_schema?.schema ?? {}, source));
  }
  if (format?.type === "json_object") return JSON.stringify({ answer: spoken, quotes: sentences });
  return spoken;
}

/**
 * One call for each search term, side by side; all terms in one call where parallel calls are refused. Which tool: the
 * one that tool_choice names, else one that searches, else the one whose description is nearest to the question.
 *
 * @param {ChatRequest} request
 * @param {string} question
 * @returns {ToolCall[]}
 */
function planToolCalls(request, question) {
  const answered = request.messages.at(-1)?.role === "tool";
  const tool = chooseTool(request, question);
  if (!tool || answered || request.tool_choice === "none") return [];

  const { name, parameters = {} } = tool.function;
  const terms = searchTerms(question);
  const texts =
    request.parallel_tool_calls === false || terms.length === 0 ? [terms.join(" ")] : terms;
  const calls = texts.map((text) => JSON.stringify(fillSchema(parameters, { text, terms })));
  return [...new Set(calls)].map((args, index) => ({
    id: `call_${index + 1}_${name}`,
    type: "function",
    function: { name, arguments: args },
  }));
}

/**
 * @param {ChatRequest} request
 * @param {string} question
 */
function chooseTool(request, question) {
  const tools = (request.tools ?? []).filter((tool) => tool.type === "function");
  const choice = request.tool_choice;
  const forced =
    typeof choice === "object" && "function" in choice ? choice.function.name : undefined;
  const asked = contentStems(question);
  const fitness = (/** @type {Tool} */ tool) => {
    const { name, description = "" } = tool.function;
    if (name === forced) return 10_000;
    if (/search|find|look.?up|retriev/i.test(name)) return 1_000;
    return [...contentStems(`${name} ${description}`)].filter((word) => asked.has(word)).length;
  };
  return tools.toSorted((left, right) => fitness(right) - fitness(left))[0];
}
