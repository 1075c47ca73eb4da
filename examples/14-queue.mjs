import { carrier, flow, resume, tool } from "flowspan";
import { start } from "flowspan/node";
import { printTraces } from "./setup.mjs";

const tracing = start();

/** Stands for your queue: what goes through it is text. */
/** @type {string[]} */
const queue = [];

const order = flow("shop/order", async (item) => {
  queue.push(JSON.stringify({ item, trace: carrier() }));
});
const pack = tool("shop/pack", async (item) => console.log(`${item} is packed`));

await order("teapot");
await order("cup");

// The worker, later and elsewhere: each job goes on with the trace that it was put in by.
for (const text of queue) {
  const { item, trace } = JSON.parse(text);
  await resume(trace, () => pack(item));
}

await tracing.shutdown();
await printTraces();

// Prints:
// teapot is packed
// cup is packed
// Flow shop/order    complete
// └─ Tool shop/pack
// Flow shop/order    complete
// └─ Tool shop/pack
