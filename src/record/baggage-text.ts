import type { Baggage, BaggageEntry } from "@opentelemetry/api";
import { baggageEntryMetadataFromString, propagation } from "../spans/otel-api.ts";

/** Baggage as W3C writes it; empty where there is none. */
export function writeBaggage(baggage: Baggage | undefined): string {
  const members = baggage?.getAllEntries().map(([key, { value, metadata }]) => {
    // W3C lets a slash stand as it is.
    const text = encodeURIComponent(value).replaceAll("%2F", "/");
    return `${encodeURIComponent(key)}=${text}${metadata ? `;${metadata}` : ""}`;
  });
  return members?.join(",") ?? "";
}

/** The entries of a baggage text; what is broken in it is left out. */
export function parseBaggage(text: unknown): Baggage {
  // Without a prototype, so that no key means anything but itself.
  const entries: Record<string, BaggageEntry> = Object.create(null);
  for (const member of typeof text === "string" ? text.split(",") : []) {
    const [, key, value, metadata] = /^\s*([^=;\s]+)\s*=([^;]*)(?:;(.*))?$/.exec(member) ?? [];
    try {
      if (key !== undefined && value !== undefined)
        entries[decodeURIComponent(key)] = {
          value: decodeURIComponent(value.trim()),
          ...(metadata && { metadata: baggageEntryMetadataFromString(metadata.trim()) }),
        };
    } catch {
      // A stray percent sign: OTel's own propagator drops such an entry, too.
    }
  }
  return propagation.createBaggage(entries);
}
