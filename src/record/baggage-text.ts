import type { Baggage, BaggageEntry } from "@opentelemetry/api";
import { REMOTE_PARENT } from "../base/remote-parent.ts";
import { baggageEntryMetadataFromString, propagation } from "./otel-api.ts";

/** Baggage as W3C writes it, with this parent in it and no other; empty where there is none. */
export function writeBaggage(baggage: Baggage | undefined, parent: string | undefined): string {
  const members = (baggage?.getAllEntries() ?? []).flatMap(([key, { value, metadata }]) =>
    key === REMOTE_PARENT
      ? []
      : [
          `${encodeURIComponent(key)}=${encodeURIComponent(value)}${metadata ? `;${metadata}` : ""}`,
        ],
  );
  if (parent !== undefined) members.unshift(`${REMOTE_PARENT}=${parent}`);
  return members.join(",");
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
