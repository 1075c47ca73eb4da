import { expect, it, onTestFinished } from "vitest";
import { createServer } from "../../src/http/create-server.ts";
import type { Store } from "../../src/store/store.ts";
import { startTestServer } from "./test-server.ts";

/** A server over a store of which all that is asked is whether it can be written. */
function startOver(checkWritable: Store["checkWritable"]) {
  const keys = { hasKeys: async () => false } as Store["keys"];
  const server = createServer({ store: { checkWritable, keys } as Store });
  onTestFinished(() => server.close());
  return server;
}

it("is answered 200 where the store can be written, without a key", async () => {
  const { server } = await startTestServer({ apiKey: "k" });

  const reply = await server.inject("/readyz");

  expect([reply.statusCode, reply.json()]).toEqual([200, { status: "ready" }]);
});

it.each([
  ["SQLITE_FULL", "SQLITE_FULL"],
  ["EROFS", "EROFS"],
  ["no code: sk-12345", "unknown error"],
  [undefined, "unknown error"],
])("is answered 503 with the error's code %s and nothing else of it", async (code, told) => {
  const error = Object.assign(new Error("sk-12345 in /home/me/.flowspan"), { code });
  const server = startOver(() => Promise.reject(error));

  const reply = await server.inject("/readyz");

  const reason = `The store can't be written: ${told}.`;
  expect([reply.statusCode, reply.json()]).toEqual([503, { status: "unavailable", reason }]);
  expect((await server.inject("/healthz")).statusCode).toBe(200);
});

it("writes once, however many ask at once", async () => {
  let writes = 0;
  const server = startOver(async () => {
    writes += 1;
  });

  const replies = await Promise.all(Array.from({ length: 50 }, () => server.inject("/readyz")));

  expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect(writes).toBe(1);
});
