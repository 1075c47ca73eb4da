// The library reads Headers by their entries; the server itself has no use for that type.
/// <reference lib="dom.iterable" />
import type { AddressInfo } from "node:net";
import { context, trace } from "@opentelemetry/api";
import { describe, expect, it, onTestFinished } from "vitest";
import { currentLog, flow, prompt, renderPrompt } from "../../src/index.ts";
import { start } from "../../src/node/index.ts";
import { startTestServer } from "./http/test-server.ts";

const CHAT = {
  model: "m",
  template: [
    { role: "system", content: "You help {{name}}." },
    { role: "user", content: "{{q}}" },
  ],
};

interface StoredPrompt {
  readonly prompt: { readonly id: string; readonly version_id: string };
}

describe("a template on its way to the server", () => {
  it("is a new version when it changes, and the same one for other inputs", async () => {
    const { server, read } = await startTestServer();
    await server.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.server.address() as AddressInfo;
    const tracing = start({ url: `http://127.0.0.1:${port}/v5` });
    onTestFinished(async () => {
      await tracing.shutdown();
      trace.disable();
      context.disable();
    });
    const answer = prompt("answer", async (kernel: typeof CHAT, q: string) => {
      const messages = renderPrompt(kernel, { name: "Ada", q });
      return { role: "assistant", content: `${messages.length} for ${currentLog().id}` };
    });
    const changed = { ...CHAT, template: CHAT.template.slice(1) };

    const answers = await flow("agent", () =>
      Promise.all([answer(CHAT, "why?"), answer(CHAT, "how?"), answer(changed, "why?")]),
    )();
    await tracing.flush();

    const ids = answers.map(({ content }) => content.split(" for ")[1]);
    const [why, how, other] = (await Promise.all(ids.map(read))) as unknown as StoredPrompt[];
    expect(how?.prompt.version_id).toBe(why?.prompt.version_id);
    expect(other?.prompt.version_id).not.toBe(why?.prompt.version_id);
    expect(other?.prompt.id).toBe(why?.prompt.id);
    expect(why).toMatchObject({
      prompt: { path: "answer", ...CHAT, inputs: [{ name: "name" }, { name: "q" }] },
      inputs: { name: "Ada", q: "why?" },
      messages: [
        { role: "system", content: "You help Ada." },
        { role: "user", content: "why?" },
      ],
    });
    expect(how).toMatchObject({ inputs: { name: "Ada", q: "how?" } });
    expect(other).toMatchObject({ messages: [{ role: "user", content: "why?" }] });
  });
});
