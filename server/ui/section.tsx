import type { ComponentChildren } from "preact";

interface SectionProps {
  readonly title: string;
  readonly isOpen?: boolean;
  readonly children: ComponentChildren;
}

/** A part of a log under a title that folds it. Open by default. */
export function Section({ title, isOpen = true, children }: SectionProps) {
  return (
    <details class="section" open={isOpen}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
