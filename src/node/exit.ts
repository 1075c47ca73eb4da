/**
 * Runs `finish` when the process comes to its natural end: nothing is left to do, so no more work
 * is cut off. Gives the function that takes it back.
 */
export function onNaturalEnd(finish: () => Promise<unknown>): () => void {
  const listener = (): void => {
    void finish();
  };
  process.once("beforeExit", listener);
  return () => {
    process.off("beforeExit", listener);
  };
}
