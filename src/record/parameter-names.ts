/** In characters: what stands behind in a parameter list is not read. */
const LONGEST_LIST = 10_000;

/**
 * One token: what is passed over whole (a comment, a quoted text, a regular expression), or one
 * character. A slash begins a regular expression where no value stands before it.
 */
const CODE =
  /(\/\/[^\n]*|\/\*.*?\*\/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<=(?:[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof))\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/)|./sy;
/** The same inside a template literal. */
const TEMPLATE = /(\\.)|\$\{|./sy;

/**
 * The names of a function's parameters as its source has them: `["question", "limit"]`.
 * A destructured parameter has no name (`undefined`); a rest parameter is named with its dots.
 * An empty list when the source can't be read (native and bound functions).
 */
export function parameterNames(fn: (...args: never[]) => unknown): readonly (string | undefined)[] {
  const source = Function.prototype.toString.call(fn).slice(0, LONGEST_LIST);
  const names: (string | undefined)[] = [];
  /** The brackets and template literals that are open, by what they began with. */
  const open: string[] = [];
  /** The text of the current parameter; before the list, all that stands there. */
  let text = "";
  let inList = false;
  const add = (): void => {
    if (text.trim() !== "") names.push(/^\s*((?:\.\.\.\s*)?[^\s.={[]+)/.exec(text)?.[1]);
    text = "";
  };
  for (let at = 0; at < source.length; ) {
    const inTemplate = open.at(-1) === "`";
    const token = inTemplate ? TEMPLATE : CODE;
    token.lastIndex = at;
    const [found = "", skipped] = token.exec(source) ?? [];
    at = token.lastIndex;
    const isOuter = open.length === (inList ? 1 : 0);
    if (skipped) {
      // It may stand between two words.
      text += " ";
    } else if (inTemplate) {
      if (found === "`") open.pop();
      else if (found === "${") open.push(found);
    } else if (isOuter && found === "," && inList) {
      add();
    } else if (isOuter && found === "=" && !inList) {
      // The arrow behind a parameter without parentheses.
      return [/\S+(?=\s*$)/.exec(text)?.[0]];
    } else if (isOuter && found === "(" && !inList) {
      inList = true;
      text = "";
      open.push(found);
    } else {
      if (/[([{`]/.test(found)) open.push(found);
      if (/[)\]}]/.test(found)) open.pop();
      if (inList && open.length === 0) {
        add();
        break;
      }
      text += found;
    }
  }
  // The list is longer than what is read of it, and the name of this one was.
  if (open.length > 0 && text.includes("=")) add();
  return names;
}
