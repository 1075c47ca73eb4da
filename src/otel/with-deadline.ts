/**
 * Waits for work that never rejects, but no longer than the deadline. Its timer keeps the process
 * alive: somebody waits.
 */
export function withDeadline(timeoutMillis: number, done: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMillis);
    void done.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
