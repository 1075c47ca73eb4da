import { useState } from "preact/hooks";
import { isRecord } from "./chat-model.ts";
import { shortLabel } from "./cut-text.ts";
import { formatCount } from "./format.ts";
import { FoldIcon } from "./icons.tsx";
import { LongText } from "./long-text.tsx";

/** How many entries of one object or list are drawn before the reader asks for more. */
const ENTRIES_AT_ONCE = 100;

interface JsonViewProps {
  readonly value: unknown;
  /** How many levels start open. Default 2. */
  readonly openLevels?: number;
}

/** A JSON value as a tree that folds. Only what is open is drawn, so size and depth cost nothing. */
export function JsonView({ value, openLevels = 2 }: JsonViewProps) {
  const entries = entriesOf(value);
  if (entries === undefined) return <JsonScalar value={value} />;
  if (entries.length === 0) return <code>{Array.isArray(value) ? "[]" : "{}"}</code>;
  return (
    <div class="json">
      <JsonEntries entries={entries} openLevels={openLevels} />
    </div>
  );
}

type Entry = readonly [key: string, value: unknown];

interface JsonEntriesProps {
  readonly entries: readonly Entry[];
  readonly openLevels: number;
}

function JsonEntries({ entries, openLevels }: JsonEntriesProps) {
  const [shown, setShown] = useState(ENTRIES_AT_ONCE);
  return (
    <ul>
      {entries.slice(0, shown).map(([key, value]) => (
        <JsonEntry key={key} name={key} value={value} openLevels={openLevels} />
      ))}
      {entries.length > shown && (
        <li>
          <button type="button" class="more" onClick={() => setShown(shown + ENTRIES_AT_ONCE)}>
            Show more of {formatCount(entries.length)}
          </button>
        </li>
      )}
    </ul>
  );
}

interface JsonEntryProps {
  readonly name: string;
  readonly value: unknown;
  readonly openLevels: number;
}

function JsonEntry({ name, value, openLevels }: JsonEntryProps) {
  const [isOpen, setIsOpen] = useState(openLevels > 1);
  const entries = entriesOf(value);
  const label = <bdi class="json-key">{shortLabel(name)}</bdi>;

  if (entries === undefined || entries.length === 0) {
    return (
      <li>
        {label}
        <span class="quiet">: </span>
        <JsonView value={value} />
      </li>
    );
  }
  return (
    <li>
      <button
        type="button"
        class="json-fold"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <FoldIcon />
        {label}
        <span class="json-size">
          {Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}
        </span>
      </button>
      {isOpen && <JsonEntries entries={entries} openLevels={openLevels - 1} />}
    </li>
  );
}

function JsonScalar({ value }: { readonly value: unknown }) {
  if (typeof value === "string") return <LongText text={value} class="json-string" />;
  return <code class={`json-${value === null ? "null" : typeof value}`}>{String(value)}</code>;
}

/** The entries of an object or a list; undefined for everything else. */
function entriesOf(value: unknown): Entry[] | undefined {
  if (Array.isArray(value)) return value.map((entry, at) => [String(at), entry]);
  return isRecord(value) ? Object.entries(value) : undefined;
}
