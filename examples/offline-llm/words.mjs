/**
 * Words of an English text, reduced far enough that "searches", "searched" and "search" are one.
 */

const STOP_WORDS = new Set(
  `a about above after again all also am an and any are as at be because been before being below between both but by
  can could did do does doing down during each either else ever every few for from further get give given gives go had
  has have having he her here hers him his how i if in into is it its itself just let like made make makes may me might
  more most much must my no nor not now of off on once one only or other our out over own per please same say says
  shall she should since so some such take tell than that the their them then there these they this those through to
  too under until up upon us use used uses using very was we were what when where whether which while who whom whose
  why will with within without would yes yet you your`.split(/\s+/),
);

/** The words of `text` in order, lower case, stop words included. */
export function words(/** @type {string} */ text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’_-][\p{L}\p{N}]+)*/gu) ?? [];
}

/** Whether a lower-case word carries no meaning of its own ("the", "which"). */
export function isStopWord(/** @type {string} */ word) {
  return STOP_WORDS.has(word) || word.length < 2;
}

/** A word without its common English endings: a crude stem, equal for the forms of one word. */
function stem(/** @type {string} */ word) {
  if (word.length <= 4) return word.replace(/([^s])s$/, "$1");
  return word
    .replace(/['’]s$/, "")
    .replace(/(?:ing|ed|es|ly|er|s)$/, "")
    .replace(/(.)\1$/, "$1")
    .replace(/e$/, "");
}

/** The stems of the words that carry meaning, each once. */
export function contentStems(/** @type {string} */ text) {
  return new Set(
    words(text)
      .filter((word) => !isStopWord(word))
      .map(stem),
  );
}
