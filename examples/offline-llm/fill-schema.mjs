/**
 * @typedef {{
 *   type?: string | string[], properties?: Record<string, JsonSchema>, required?: string[], items?: JsonSchema,
 *   enum?: unknown[], const?: unknown, default?: unknown, minimum?: number, maxItems?: number, maxLength?: number,
 *   anyOf?: JsonSchema[], oneOf?: JsonSchema[], $ref?: string,
 * }} JsonSchema
 */

/**
 * A value that a JSON schema allows, with `text` where the schema asks for a text and `terms` where it asks for
 * several. Knows what function parameters and response formats use: type, properties, required, items, enum, const,
 * default, minimum, anyOf, and local references.
 *
 * @param {JsonSchema} schema
 * @param {{ text: string, terms: string[] }} source
 * @param {JsonSchema} [root] the schema that "#/..." references point into
 * @returns {unknown}
 */
export function fillSchema(schema, source, root = schema) {
  const resolved = resolve(schema, root);
  if (resolved.const !== undefined) return resolved.const;
  if (resolved.default !== undefined) return resolved.default;
  if (Array.isArray(resolved.enum)) return resolved.enum[0];
  const type = Array.isArray(resolved.type) ? resolved.type[0] : resolved.type;
  switch (type ?? (resolved.properties ? "object" : "string")) {
    case "object":
      return fillObject(resolved, source, root);
    case "array":
      return fillArray(resolved, source, root);
    case "integer":
      return Math.ceil(resolved.minimum ?? 1);
    case "number":
      return resolved.minimum ?? 1;
    case "boolean":
      return false;
    case "null":
      return null;
    default:
      return source.text.slice(0, resolved.maxLength ?? source.text.length);
  }
}

/**
 * Only what is required is filled; an object that requires nothing gets every property that holds text.
 *
 * @param {JsonSchema} schema
 * @param {{ text: string, terms: string[] }} source
 * @param {JsonSchema} root
 */
function fillObject(schema, source, root) {
  const { required } = schema;
  const properties = Object.entries(schema.properties ?? {});
  const wanted = required
    ? properties.filter(([name]) => required.includes(name))
    : properties.filter(([, property]) => resolve(property, root).type === "string");
  return Object.fromEntries(
    wanted.map(([name, property]) => [name, fillSchema(property, source, root)]),
  );
}

/**
 * @param {JsonSchema} schema
 * @param {{ text: string, terms: string[] }} source
 * @param {JsonSchema} root
 */
function fillArray(schema, source, root) {
  const texts = source.terms.slice(0, schema.maxItems ?? source.terms.length);
  return texts.map((text) => fillSchema(schema.items ?? {}, { text, terms: [text] }, root));
}

/**
 * @param {JsonSchema} schema
 * @param {JsonSchema} root
 * @returns {JsonSchema}
 */
function resolve(schema, root) {
  if (schema.$ref !== undefined) {
    const steps = schema.$ref.split("/").slice(1);
    return resolve(/** @type {JsonSchema} */ (valueAt(root, steps)), root);
  }
  const choice = (schema.anyOf ?? schema.oneOf)?.[0];
  return choice ? resolve(choice, root) : schema;
}

/**
 * @param {unknown} value
 * @param {string[]} steps
 * @returns {unknown}
 */
function valueAt(value, [step, ...rest]) {
  if (step === undefined) return value;
  if (typeof value !== "object" || value === null) return {};
  return valueAt(/** @type {Record<string, unknown>} */ (value)[step], rest);
}
