import { once } from "node:events";
import { printTraces } from "../setup.mjs";

// In an application: `node --import ./tracing.mjs app.mjs`.
const { sdk } = await import("./tracing.mjs");
const { app } = await import("./app.mjs");
app.listen(0, "127.0.0.1");
await once(app, "listening");

const { port } = /** @type {import("node:net").AddressInfo} */ (app.address());
const answer = await fetch(`http://127.0.0.1:${port}/opening-hours?of=today`);
console.log(await answer.text());

app.close();
await sdk.shutdown();
// The request's span becomes the Flow of the two calls.
await printTraces();

// Prints:
// The office opens at nine.
// Flow opening-hours                                 complete
// ├─ Prompt opening-hours/chat (extractive-offline)  19 -> 6 tokens
// └─ Prompt opening-hours/chat (extractive-offline)  18 -> 6 tokens
