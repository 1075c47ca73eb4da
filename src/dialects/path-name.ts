/** A UUID, a long hexadecimal word, or a number as only ids have. */
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-|\b(?=[a-z]*\d)[0-9a-f]{12,}\b|\d{5,}/i;

/**
 * A span's name as a path, where people name their spans; `undefined` where an id or the model stands in it, for such
 * names are without number.
 */
export function pathName(
  name: string | undefined,
  ...models: readonly (string | undefined)[]
): string | undefined {
  if (name === undefined || name === "" || ID.test(name)) return undefined;
  return models.some((model) => model !== undefined && model !== "" && name.includes(model))
    ? undefined
    : name;
}
