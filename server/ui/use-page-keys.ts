import { useLayoutEffect, useRef } from "preact/hooks";

/** Hears keys of the whole page, but not those of a field, nor those with Ctrl, Alt or Meta. */
export function usePageKeys(onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;

  useLayoutEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
      latest.current(event);
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);
}
