import { contentStems } from "../offline-llm/words.mjs";

export type Passage = { readonly line: number; readonly text: string };

/** The paragraphs of a text or Markdown file, each with the line it starts at. */
export function readPassages(text: string): Passage[] {
  const passages: Passage[] = [];
  let line = 1;
  for (const block of text.split(/(\n[ \t]*\n+)/)) {
    if (block.trim() !== "") passages.push({ line, text: block.trim() });
    line += block.split("\n").length - 1;
  }
  return passages;
}

/** The Markdown headings, or the first line of each of the first ten passages where there are none. */
export function readOutline(text: string): string[] {
  const headings = text.split("\n").filter((line) => /^#{1,4} /.test(line));
  if (headings.length > 0) return headings;
  return readPassages(text)
    .slice(0, 10)
    .map((passage) => passage.text.split("\n")[0]?.slice(0, 80) ?? "");
}

/** The passages that share the most words with `query`, rare words first in weight; none shared, none found. */
export function searchPassages(
  passages: readonly Passage[],
  query: string,
  limit: number,
): Passage[] {
  const asked = contentStems(query);
  const stems = passages.map((passage) => contentStems(passage.text));
  const weightOf = (word: string): number => {
    const holders = stems.filter((held) => held.has(word)).length;
    return holders === 0 ? 0 : Math.log(1 + passages.length / holders);
  };
  const weights = new Map([...asked].map((word) => [word, weightOf(word)]));
  return passages
    .map((passage, index) => {
      const shared = [...asked].filter((word) => stems[index]?.has(word));
      return { passage, score: shared.reduce((sum, word) => sum + (weights.get(word) ?? 0), 0) };
    })
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)
    .slice(0, limit)
    .map(({ passage }) => passage);
}
