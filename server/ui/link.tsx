import type { ComponentChildren } from "preact";
import type { Navigate } from "./use-route.ts";

interface LinkProps {
  readonly to: string;
  readonly navigate: Navigate;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A link inside the viewer: a plain click stays in the page, every other click is the browser's. */
export function Link({ to, navigate, class: className, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey;
    if (!isPlain || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a href={to} class={className} onClick={follow}>
      {children}
    </a>
  );
}
