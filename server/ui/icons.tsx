import type { LogType } from "./wire.ts";

/** The mark of a log's type: branches for a flow, a speech bubble for a prompt, a nut for a tool. */
export function TypeIcon({ type }: { readonly type: LogType }) {
  return (
    <svg class={`icon is-${type}`} viewBox="0 0 16 16" role="img" aria-label={type}>
      {shapeOf(type)}
    </svg>
  );
}

/** The arrow of a row that folds; CSS turns it. */
export function FoldIcon() {
  return (
    <svg class="icon fold-icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M6 4l4 4-4 4" />
    </svg>
  );
}

/** The project's mark: three bars of a waterfall. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 16 16" aria-hidden="true">
      <rect class="is-flow" x="1" y="2" width="14" height="3" rx="1.5" />
      <rect class="is-prompt" x="4" y="6.5" width="8" height="3" rx="1.5" />
      <rect class="is-tool" x="7" y="11" width="8" height="3" rx="1.5" />
    </svg>
  );
}

function shapeOf(type: LogType) {
  switch (type) {
    case "flow":
      return (
        <>
          <circle cx="4" cy="3.5" r="1.75" />
          <circle cx="4" cy="12.5" r="1.75" />
          <circle cx="12" cy="8" r="1.75" />
          <path d="M4 5.25v5.5M4 8h6.25" />
        </>
      );
    case "prompt":
      return (
        <path d="M3.5 2.75h9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H8l-3 2.75v-2.75H3.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z" />
      );
    case "tool":
      return (
        <>
          <path d="M8 1.75l5.4 3.125v6.25L8 14.25l-5.4-3.125v-6.25z" />
          <circle cx="8" cy="8" r="2" />
        </>
      );
  }
}
