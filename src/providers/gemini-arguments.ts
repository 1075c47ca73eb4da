import { isObject } from "../base/data-property.ts";
import { type Data, field } from "./own-data.ts";

/** One step of a path such as `$.steps[0]["a b"]`. */
const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[(["'])(.*?)\3\]/g;

/** No list of arguments is longer; a stream may claim any place. */
const MAX_INDEX = 10_000;

type Place = Record<string | number, unknown>;

/** Arguments that are yet to come. Without a prototype: their names are the model's. */
export function newArguments(): Place {
  return Object.create(null);
}

/**
 * Writes one streamed piece of a call's arguments, `{ jsonPath, stringValue }`, to its place in
 * them. Pieces of one text follow one another.
 *
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling
 */
export function addArgument(args: Place, piece: Data): void {
  const path = String(field(piece, "jsonPath"));
  const steps = [...path.matchAll(STEP)].map(
    ([, name, index, , quoted]) => name ?? quoted ?? Number(index),
  );
  let place = args;
  for (const [depth, step] of steps.entries()) {
    const isIndex = typeof step === "number";
    if (isIndex !== Array.isArray(place) || (isIndex && step > MAX_INDEX)) return;
    const held = Object.hasOwn(place, step) ? place[step] : undefined;
    const next = steps[depth + 1];
    if (next === undefined) place[step] = grown(held, piece);
    else {
      const inner = isObject(held) ? held : typeof next === "number" ? [] : newArguments();
      place[step] = inner;
      place = inner as Place;
    }
  }
}

function grown(held: unknown, piece: Data): unknown {
  const text = field(piece, "stringValue");
  if (typeof text === "string") return typeof held === "string" ? held + text : text;
  return field(piece, "numberValue") ?? field(piece, "boolValue") ?? null;
}
