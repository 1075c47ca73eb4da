import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FORMS, type FormName } from "../promises/forms.ts";
import { useRecording } from "../recording.ts";
import { USES } from "./consumers.ts";
import { type LlmServer, startLlmServer } from "./llm-server.ts";

describe("what the official clients give works as without a span, and the span covers it", () => {
  const recording = useRecording();
  let server: LlmServer;
  beforeAll(async () => {
    server = await startLlmServer();
  });
  afterAll(() => server.close());

  for (const [name, { call, use, outcome }] of Object.entries(USES)) {
    describe(name, () => {
      it.each(Object.keys(FORMS) as FormName[])("%s", async (form) => {
        const bare = call(server);
        const keys = Object.keys(bare);
        const expected = await use(bare as never);
        const wrapped = FORMS[form].wrap("prompt", "ask", () => call(server))();

        expect(wrapped.constructor).toBe(bare.constructor);
        expect(Object.keys(wrapped)).toEqual(keys);
        expect(await use(wrapped as never)).toEqual(expected);
        expect(recording.span("ask").attributes["flowspan.outcome"] ?? "ok").toBe(outcome);
        if (outcome === "ok") expect(JSON.stringify(recording.fields("ask"))).toContain("Hel");
      });
    });
  }
});
