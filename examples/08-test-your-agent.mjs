import assert from "node:assert/strict";
import { flow, tool } from "flowspan";
import { captureLogs, formatLogs } from "flowspan/testing";

const weigh = tool("shop/weigh", (grams) => ({ grams }));
const shop = flow("shop/pay", (grams) => `That is ${weigh(grams).grams / 100} crowns.`);

// In a test: what the calls would send, and nothing is sent.
const { result, logs } = await captureLogs(() => shop(250));

assert.equal(result, "That is 2.5 crowns.");
assert.deepEqual(logs[0].inputs, { grams: 250 });
console.log(formatLogs(logs));

// Prints:
// flow shop/pay
//   tool shop/weigh
