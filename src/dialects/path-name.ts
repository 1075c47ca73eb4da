/** A UUID, a long hexadecimal word, a number as only ids have, or a raw URL. */
const ID = /:\/\/|[0-9a-f]{8}-[0-9a-f]{4}-|\b(?=[a-z]*\d)[0-9a-f]{12,}\b|\d{5,}/i;

/**
 * A span's name as a path, where people name their spans; `undefined` where an id or the model stands in it, for such
 * names are without number.
 */
export function pathName(name: string, model?: string | undefined): string | undefined {
  if (name === "" || ID.test(name)) return undefined;
  return model !== undefined && name.split(/\s+/).some((word) => isOneModel(word, model))
    ? undefined
    : name;
}

/** The response's model has a date that the request's has not. */
function isOneModel(word: string, model: string): boolean {
  return word === model || (word.length > 2 && (model.startsWith(word) || word.startsWith(model)));
}
