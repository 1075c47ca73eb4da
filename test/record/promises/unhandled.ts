/** What the process said about rejections, in order: the reasons with their promises. */
export interface Rejections {
  readonly unhandled: readonly (readonly [reason: unknown, promise: unknown])[];
  /** Promises that found their handler after they had been said to be unhandled. */
  readonly handledLate: readonly unknown[];
}

const EVENTS = ["unhandledRejection", "rejectionHandled"] as const;

/**
 * Runs the body and gives what the process itself raised for it. The runner's own listeners,
 * which would fail the test, are away meanwhile.
 */
export async function rejectionsOf(body: () => unknown): Promise<Rejections> {
  const unhandled: (readonly [unknown, unknown])[] = [];
  const handledLate: unknown[] = [];
  const others = EVENTS.map((event) => [event, process.rawListeners(event)] as const);
  for (const event of EVENTS) process.removeAllListeners(event);
  process.on("unhandledRejection", (reason, promise) => unhandled.push([reason, promise]));
  process.on("rejectionHandled", (promise) => handledLate.push(promise));
  try {
    await body();
    await settled();
  } finally {
    for (const [event, listeners] of others) {
      process.removeAllListeners(event);
      for (const listener of listeners) process.on(event, listener as () => void);
    }
  }
  return { unhandled, handledLate };
}

/** Node raises rejections between macrotasks. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
