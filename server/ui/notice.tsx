import type { ComponentChildren } from "preact";

interface NoticeProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** A whole page's worth of "nothing to show", and what to do about it. */
export function Notice({ title, children }: NoticeProps) {
  return (
    <main class="notice">
      <h1>{title}</h1>
      {children}
    </main>
  );
}

/** One line across the page that says why what is shown may be old. */
export function Trouble({ reason }: { readonly reason: string | undefined }) {
  if (reason === undefined) return undefined;
  return (
    <p class="trouble" role="status">
      {reason} Trying again.
    </p>
  );
}
