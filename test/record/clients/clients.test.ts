import { GenerateContentResponse } from "@google/genai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prompt } from "../../../src/index.ts";
import { FORMS, type FormName } from "../promises/forms.ts";
import { useRecording } from "../recording.ts";
import { ANTHROPIC_USES } from "./anthropic-uses.ts";
import { GOOGLE_USES } from "./google-uses.ts";
import { type LlmServer, startLlmServer } from "./llm-server.ts";
import { OPENAI_USES } from "./openai-uses.ts";

const USES = { ...OPENAI_USES, ...ANTHROPIC_USES, ...GOOGLE_USES };

describe("what the official clients give works as without a span, and the span covers it", () => {
  const recording = useRecording();
  let server: LlmServer;
  beforeAll(async () => {
    server = await startLlmServer();
  });
  afterAll(() => server.close());

  /** What a run gives, and how many requests it makes. */
  const counted = async <T>(run: () => Promise<T>): Promise<[T, number]> => {
    const before = server.requests();
    return [await run(), server.requests() - before];
  };

  for (const [name, { call, use, outcome, fields }] of Object.entries(USES)) {
    describe(name, () => {
      it.each(Object.keys(FORMS) as FormName[])("%s", async (form) => {
        const shape = (given: object) => [given.constructor, Object.keys(given)];
        const bare = await counted(async () => {
          const given = call(server);
          return [shape(given), await use(given as never)];
        });
        const wrapped = await counted(async () => {
          const given = FORMS[form].wrap("prompt", "ask", () => call(server))();
          return [shape(given), await use(given as never)];
        });

        expect(wrapped).toEqual(bare);
        expect(recording.span("ask").attributes["flowspan.outcome"] ?? "ok").toBe(outcome);
        expect(recording.fields("ask")).toMatchObject(fields);
      });
    });
  }

  it("no getter of a Gemini answer is run for the log", async () => {
    const { get } = Object.getOwnPropertyDescriptor(GenerateContentResponse.prototype, "text")!;
    let asked = 0;
    Object.defineProperty(GenerateContentResponse.prototype, "text", {
      configurable: true,
      get() {
        asked++;
        return Reflect.apply(get!, this, []);
      },
    });

    const ask = prompt("ask", () =>
      server.google.models.generateContent({ model: "m", contents: "hi" }),
    );
    expect((await ask()).text).toBe("Hello");
    expect(asked).toBe(1);
  });
});
