import { useEffect, useRef } from "preact/hooks";

/** How long the page waits between two readings. */
export const POLL_MILLIS = 3000;

/**
 * Calls `load` now and again every {@link POLL_MILLIS} while the page is visible, and at once when
 * it becomes visible. One call at a time: the wait begins when the last call has ended.
 *
 * @param load - tells whether to go on; its signal is aborted when `subject` changes or the
 *   component goes away.
 * @param subject - what is read; another one starts over.
 */
export function usePolling(load: (signal: AbortSignal) => Promise<boolean>, subject: string): void {
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLoading = false;
    let isFinished = false;

    const read = async () => {
      clearTimeout(timer);
      if (isLoading || isFinished || document.hidden) return;
      isLoading = true;
      isFinished = !(await latest.current(stop.signal));
      isLoading = false;
      if (!stop.signal.aborted) timer = setTimeout(read, POLL_MILLIS);
    };
    document.addEventListener("visibilitychange", read, { signal: stop.signal });
    read();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [subject]);
}
