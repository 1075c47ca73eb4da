import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { carrier, flow, resume, tool } from "flowspan";
import { start } from "flowspan/node";

/** Both threads run this file; a queue's two sides or a child process work the same way. */
if (isMainThread) {
  const { printTraces } = await import("./setup.mjs");
  const tracing = start();

  const agent = flow("squares/agent", async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { trace: carrier() } });
    const answered = new Promise((resolve) => worker.once("message", resolve));
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    console.log(`49 is the square of ${await answered}`);
    await ended;
  });

  await agent();
  await tracing.shutdown();
  await printTraces();
} else {
  const tracing = start();
  const root = tool("squares/root", Math.sqrt);

  const result = resume(workerData.trace, () => root(49));
  await tracing.shutdown();
  parentPort?.postMessage(result);
}

// Prints:
// 49 is the square of 7
// Flow squares/agent    complete
// └─ Tool squares/root
