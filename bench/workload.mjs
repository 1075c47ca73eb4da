/**
 * The measured program: an agent whose one run is 13 spans: 1 flow, 3 steps in it, and in each
 * step 2 model calls and 1 tool call. A model call takes 2 KB of messages and gives 1 KB; by
 * default nothing sleeps, so what is added to it shows.
 */

/** Spans of one run. */
export const SPANS_PER_RUN = 13;

const PHRASES = [
  "The agent reads the question twice and",
  "asks: “which source is newest?”",
  "\n- cite what you use – never guess\n",
  '```json\n{"score": 0.5, "tags": ["a", "b"]}\n```',
  "then it answers in one paragraph.",
  "Größe, naïve, 東京:",
];

/** Text of about this many characters, the same for the same seed. */
function text(characters, seed) {
  let made = "";
  for (let at = seed; made.length < characters; at++) {
    made += `${PHRASES[(at * 5 + (at >> 2)) % PHRASES.length]} ${at % 89} `;
  }
  // A flat string of its own, as one that was parsed from a response is.
  return Buffer.from(made.slice(0, characters)).toString();
}

function makePayloads(inputCharacters) {
  return Array.from({ length: 64 }, (_, seed) => ({
    question: { question: text(120, seed), user: `u${seed}` },
    messages: [
      { role: "system", content: text(inputCharacters * 0.25, seed) },
      { role: "user", content: text(inputCharacters * 0.6, seed + 9) },
      { role: "assistant", content: text(inputCharacters * 0.15, seed + 5) },
    ],
    answer: {
      role: "assistant",
      content: text(1000, seed + 21),
      usage: { prompt_tokens: 400 + seed, completion_tokens: 200 + seed },
    },
    found: { results: [1, 2, 3].map((id) => ({ id, score: 1 / id, text: text(80, seed + id) })) },
  }));
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Builds the agent with the given wrappers, each `(name, fn) => fn`. `answerIn` is how long the
 * model and the tool take.
 *
 * @returns a function that runs the agent once.
 */
export function buildAgent(wrap, { inputCharacters = 2048, answerIn = nextTurn } = {}) {
  const payloads = makePayloads(inputCharacters);
  let count = 0;
  const payload = () => payloads[count & 63];

  const chat = wrap.prompt("chat", async (_request) => {
    await answerIn();
    count++;
    return payload().answer;
  });
  const search = wrap.tool("search", async (_query) => {
    await answerIn();
    return payload().found;
  });
  const step = wrap.flow("step", async ({ question }) => {
    await chat({ messages: payload().messages, model: "gpt-4o", temperature: 0.2 });
    const { results } = await search({ query: question, k: 5 });
    const answer = await chat({ messages: payload().messages, model: "gpt-4o", temperature: 0.2 });
    return { answer: answer.content, sources: results.length };
  });
  const agent = wrap.flow("agent", async (question) => {
    let last;
    for (let round = 0; round < 3; round++) last = await step(question);
    return last;
  });
  return () => agent(payload().question);
}
