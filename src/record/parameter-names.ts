const SINGLE_ARROW_PARAMETER = /^(?:async\s+)?([^\s(=]+)\s*=>/;
const PARAMETER = /^\s*((?:\.\.\.\s*)?[^\s.={[]+)/;
/** A comment or a quoted text, which are captured and passed over, or one character. */
const TOKEN = /(\/\/[^\n]*|\/\*[\s\S]*?\*\/|(["'`])(?:\\[\s\S]|(?!\2)[^\\])*\2)|[\s\S]/gu;

/**
 * The names of a function's parameters as its source has them: `["question", "limit"]`.
 * A destructured parameter has no name (`undefined`); a rest parameter is named with its dots.
 * An empty list when the source can't be read (native and bound functions).
 */
export function parameterNames(fn: (...args: never[]) => unknown): readonly (string | undefined)[] {
  const source = Function.prototype.toString.call(fn);
  const single = SINGLE_ARROW_PARAMETER.exec(source);
  if (single !== null) return [single[1]];
  return parameterTexts(source).map((parameter) => PARAMETER.exec(parameter)?.[1]);
}

/** The texts between the commas of the parameter list, without comments and quoted texts. */
function parameterTexts(source: string): readonly string[] {
  const texts: string[] = [];
  let depth = 0;
  // The list begins at the first outer parenthesis: a computed method name may hold some.
  let current: string | undefined;
  for (const [token, skipped] of source.matchAll(TOKEN)) {
    if (skipped) continue;
    if (/[)\]}]/.test(token)) depth--;
    const isOuter = depth === (current === undefined ? 0 : 1);
    if (current === undefined) {
      if (token === "(" && isOuter) current = "";
    } else if (depth === 0 || (token === "," && isOuter)) {
      if (current.trim() !== "") texts.push(current);
      if (depth === 0) break;
      current = "";
    } else {
      current += token;
    }
    if (/[([{]/.test(token)) depth++;
  }
  return texts;
}
