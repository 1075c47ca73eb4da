/**
 * The names of a function's parameters as its source has them: `["question", "limit"]`.
 * A destructured parameter has no name (`undefined`); a rest parameter is named without its dots.
 * An empty list when the source can't be read (native and bound functions).
 */
export function parameterNames(fn: (...args: never[]) => unknown): readonly (string | undefined)[] {
  const source = Function.prototype.toString.call(fn);
  const list = parameterList(source);
  return list === undefined ? [] : splitTopLevel(list).map(nameOf);
}

const SINGLE_ARROW_PARAMETER = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u;

/** The text between the parameter list's parentheses. */
function parameterList(source: string): string | undefined {
  const single = SINGLE_ARROW_PARAMETER.exec(source);
  if (single !== null) return single[1];
  const start = openingParenthesis(source);
  if (start === -1) return undefined;
  let end = -1;
  scan(source, start + 1, (character, depth, index) => {
    if (character !== ")" || depth !== -1) return false;
    end = index;
    return true;
  });
  return end === -1 ? undefined : source.slice(start + 1, end);
}

/** Where the parameter list begins: a computed method name may hold parentheses of its own. */
function openingParenthesis(source: string): number {
  let found = -1;
  scan(source, 0, (character, depth, index) => {
    if (character !== "(" || depth !== 0) return false;
    found = index;
    return true;
  });
  return found;
}

function splitTopLevel(list: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  scan(list, 0, (character, depth, index) => {
    if (character === "," && depth === 0) {
      parts.push(list.slice(start, index));
      start = index + 1;
    }
    return false;
  });
  parts.push(list.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function nameOf(parameter: string): string | undefined {
  return /^(?:\.\.\.\s*)?([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(parameter)?.[1];
}

/**
 * Walks source text, passing over strings, templates and comments. `visit` sees each character
 * with the bracket depth that holds before an opening and after a closing one; true ends the walk.
 */
function scan(
  source: string,
  from: number,
  visit: (character: string, depth: number, index: number) => boolean,
): void {
  let depth = 0;
  for (let index = from; index < source.length; index++) {
    const skipped = endOfQuiet(source, index);
    if (skipped !== index) {
      index = skipped - 1;
      continue;
    }
    const character = source.charAt(index);
    if (")]}".includes(character)) depth--;
    if (visit(character, depth, index)) return;
    if ("([{".includes(character)) depth++;
  }
}

/** Where a comment or a quoted text that begins here ends; the same index when none does. */
function endOfQuiet(source: string, index: number): number {
  if (source.startsWith("//", index)) return endAfter(source, "\n", index + 2);
  if (source.startsWith("/*", index)) return endAfter(source, "*/", index + 2);
  const quote = source.charAt(index);
  if (quote !== '"' && quote !== "'" && quote !== "`") return index;
  let at = index + 1;
  while (at < source.length && source.charAt(at) !== quote)
    at += source.charAt(at) === "\\" ? 2 : 1;
  return at + 1;
}

function endAfter(source: string, end: string, from: number): number {
  const at = source.indexOf(end, from);
  return at === -1 ? source.length : at + end.length;
}
