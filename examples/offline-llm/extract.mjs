import { contentStems, isStopWord, words } from "./words.mjs";

/**
 * Answers by quoting: the sentences of `text` that share the most, and the rarest, words with `question`.
 * They come in the order of the text. Nothing shared: an empty array.
 *
 * @param {string} text
 * @param {string} question
 * @param {number} [count] how many sentences at most, default 3
 * @returns {string[]}
 */
export function bestSentences(text, question, count = 3) {
  const asked = contentStems(question);
  const sentences = [...new Set(splitSentences(text))].map((sentence, position) => ({
    sentence,
    position,
    stems: contentStems(sentence),
  }));
  const rarity = rarityOf(asked, sentences);
  const scored = sentences
    .map((entry) => ({ ...entry, score: scoreOf(entry.stems, rarity) }))
    .filter((entry) => entry.score > 0)
    .sort((left, right) => right.score - left.score || left.position - right.position);
  const enough = (scored[0]?.score ?? 0) / 2;
  return scored
    .filter((entry) => entry.score >= enough)
    .slice(0, count)
    .sort((left, right) => left.position - right.position)
    .map((entry) => entry.sentence);
}

/**
 * What to search for to answer `question`: its runs of meaningful words, longest first, at most `count`.
 *
 * @param {string} question
 * @param {number} [count] default 3
 * @returns {string[]}
 */
export function searchTerms(question, count = 3) {
  const marked = words(question).map((word) => (isStopWord(word) ? "|" : word));
  const terms = marked
    .join(" ")
    .split("|")
    .map((run) => run.trim())
    .filter((run) => run !== "");
  return [...new Set(terms)]
    .sort(
      (left, right) =>
        right.split(" ").length - left.split(" ").length || right.length - left.length,
    )
    .slice(0, count);
}

/**
 * Sentences, list entries and table rows of plain text or Markdown, without its markup. Code blocks and headings are
 * left out: they are not sentences.
 *
 * @param {string} text
 * @returns {string[]}
 */
function splitSentences(text) {
  const blocks = text
    .replace(/^```[\s\S]*?^```/gm, "\n\n")
    .split(/\n\s*\n|\n(?=\s*(?:[-*+>|]|\d+[.)]|#))/)
    .filter((block) => !/^\s*(?:#|\|?[\s:|-]*$)/.test(block));
  return blocks
    .map((block) => block.replace(/^\s*(?:[-*+>]|\d+[.)])\s+/, "").replace(/\*\*|__/g, ""))
    .flatMap((block) => block.split(/(?<=[.!?]["')\]`]?)\s+(?=["'(`[]?[\p{Lu}\p{N}`])/u))
    .map((sentence) => sentence.replace(/\s+/g, " ").trim())
    .filter((sentence) => words(sentence).length >= 3);
}

/**
 * How telling each asked word is: rare among the sentences weighs more, absent weighs nothing.
 *
 * @param {Set<string>} asked
 * @param {{ stems: Set<string> }[]} sentences
 */
function rarityOf(asked, sentences) {
  /** @type {Map<string, number>} */
  const rarity = new Map();
  for (const word of asked) {
    const holders = sentences.filter((entry) => entry.stems.has(word)).length;
    if (holders > 0) rarity.set(word, Math.log(1 + sentences.length / holders));
  }
  return rarity;
}

/**
 * The shared words' weight, dampened for long sentences, which share words by sheer length.
 *
 * @param {Set<string>} stems
 * @param {Map<string, number>} rarity
 */
function scoreOf(stems, rarity) {
  let sum = 0;
  for (const [word, weight] of rarity) if (stems.has(word)) sum += weight;
  return sum / Math.sqrt(8 + stems.size);
}
