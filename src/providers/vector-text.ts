import { dataProperty } from "../base/data-property.ts";
import { asCount } from "./own-data.ts";

/** What stands for an embedding: how many numbers it has. Base64 has four bytes for each. */
export function vectorText(embedding: unknown): string {
  const length = asCount(dataProperty(embedding, "length")) ?? 0;
  const size =
    typeof embedding === "string"
      ? Math.floor((embedding.replace(/=+$/, "").length * 3) / 16)
      : length;
  return `[vector ${size}]`;
}
