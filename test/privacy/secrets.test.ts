import { ROOT_CONTEXT, type Tracer, trace } from "@opentelemetry/api";
import { describe, expect, it, vi } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import { LOG_FIELDS, type LogField } from "../../src/base/log-fields.ts";
import type { LogType } from "../../src/base/log-types.ts";
import { flow, prompt, record, tool, withLogContext } from "../../src/index.ts";
import { foreign, span } from "../assemble/spans.ts";
import { ALL_CANARIES, CANARIES, leaksIn, SECRET_HEADERS } from "./canaries.ts";
import { type Seen, seenOf, type Wire } from "./seen.ts";

const WIRES: readonly Wire[] = ["batch", "document"];
const WRAPPERS = { flow, prompt, tool } as const;
const DEEP = { deep: [{ text: ALL_CANARIES, headers: SECRET_HEADERS }], [ALL_CANARIES]: 1 };

function expectNoLeak({ spans, wire, diag }: Seen): void {
  expect(leaksIn(spans)).toEqual([]);
  expect(leaksIn(wire)).toEqual([]);
  expect(leaksIn(diag)).toEqual([]);
}

/** What every span of the program carries. */
const RESOURCE = { "service.name": ALL_CANARIES, "process.command_line": ALL_CANARIES };

/** A value of the field's kind that holds every secret. */
function plant({ option, kind, opens }: LogField): unknown {
  if (kind === "number") return 1.5;
  if (kind === "boolean") return true;
  if (option === "messages") return [{ role: "user", content: ALL_CANARIES }];
  if (option === "outputMessage") return { role: "assistant", content: ALL_CANARIES, ...DEEP };
  if (option === "tool") return { function: { name: "f", description: ALL_CANARIES }, ...DEEP };
  if (option === "prompt") return { model: ALL_CANARIES, template: ALL_CANARIES, other: DEEP };
  if (option === "flow") return { attributes: DEEP };
  if (opens === "[") return [ALL_CANARIES];
  return kind === "json" ? DEEP : ALL_CANARIES;
}

describe("the list of secrets", () => {
  it.each(CANARIES)("finds $kind where nothing masks it", ({ kind, text }) => {
    expect(leaksIn(JSON.stringify({ a: text }))).toContain(kind);
  });
});

describe.each(WIRES)("secrets on the %s wire", (wire) => {
  const fieldsOf = (type: LogType) => LOG_FIELDS.filter(({ types }) => types.includes(type));
  const everyField = (Object.keys(WRAPPERS) as LogType[]).flatMap((type) =>
    fieldsOf(type).map((field) => ({ type, field, option: field.option })),
  );

  it.each(everyField)("are masked in a $type's $option by record()", async ({ type, field }) => {
    const seen = await seenOf(wire, {}, () =>
      WRAPPERS[type]("go", () => record({ [field.option]: plant(field) }))(),
    );

    expectNoLeak(seen);
    expect(seen.logs).toHaveLength(1);
  });

  const entries: Readonly<Record<string, (tracer: Tracer) => unknown>> = {
    "a call's arguments and result": () =>
      tool("go", (..._: unknown[]) => DEEP)(ALL_CANARIES, DEEP, new Map([["a", ALL_CANARIES]])),
    "a result that is text": () => tool("go", () => ALL_CANARIES)(),
    "messages and a provider's answer": () =>
      prompt("go", async (_: object) => ({
        id: "1",
        object: "chat.completion",
        model: ALL_CANARIES,
        choices: [
          {
            index: 0,
            finish_reason: ALL_CANARIES,
            message: {
              role: "assistant",
              content: ALL_CANARIES,
              tool_calls: [
                {
                  id: "1",
                  type: "function",
                  function: { name: "f", arguments: JSON.stringify(DEEP) },
                },
              ],
            },
          },
        ],
      }))({ messages: [{ role: "user", content: ALL_CANARIES }], model: "m" }),
    "every option": () =>
      flow(
        {
          path: ALL_CANARIES,
          user: ALL_CANARIES,
          sessionId: ALL_CANARIES,
          environment: ALL_CANARIES,
          source: ALL_CANARIES,
          metadata: DEEP,
          batches: [ALL_CANARIES],
          attributes: DEEP,
        },
        () => {},
      )(),
    "the query's parameters": () => {
      prompt({ path: "go", versionId: ALL_CANARIES }, () => {})();
      tool({ path: "go", deployedEnvironment: ALL_CANARIES }, () => {})();
    },
    "the context's fields, on a span of others too": (tracer) =>
      withLogContext(
        { user: ALL_CANARIES, sessionId: ALL_CANARIES, metadata: DEEP, source: ALL_CANARIES },
        () =>
          flow("go", () =>
            tracer.startSpan("x", { attributes: { "gen_ai.operation.name": "chat" } }).end(),
          )(),
      ),
    "a path made from the arguments": () =>
      tool({ path: (text: string) => text }, (_: string) => {})(ALL_CANARIES),
    "an error's message, stack, name and causes": () =>
      run(
        flow("go", () => {
          const cause = Object.assign(new Error(ALL_CANARIES), { detail: DEEP });
          throw Object.assign(new TypeError(ALL_CANARIES, { cause }), { name: ALL_CANARIES });
        }),
      ),
    "anything else that is thrown": () =>
      run(
        flow("go", () => {
          throw DEEP;
        }),
      ),
    "a stream's pieces, also where one is cut into two": async () => {
      const pieces = tool("go", async function* () {
        for (let at = 0; at < ALL_CANARIES.length; at += 7) yield ALL_CANARIES.slice(at, at + 7);
      });
      for await (const _ of pieces());
    },
    "a stream's objects": async () => {
      const pieces = tool("go", async function* () {
        yield DEEP;
      });
      for await (const _ of pieces());
    },
    "what a call prints": () => {
      const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
      tool({ path: "go", captureStdout: true }, () => process.stdout.write(ALL_CANARIES))();
      write.mockRestore();
    },
    "what diag is told of an option that throws": () =>
      tool(
        {
          path: "go",
          output: () => {
            throw new Error(ALL_CANARIES);
          },
        },
        () => 1,
      )(),
    "a Flow that is made for spans of others": (tracer) => {
      const root = tracer.startSpan(ALL_CANARIES);
      const below = trace.setSpan(ROOT_CONTEXT, root);
      for (const name of ["a", "b"]) {
        const attributes = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name };
        tracer.startSpan(name, { attributes }, below).end();
      }
      root.end();
    },
  };

  it.each(Object.entries(entries))("are masked in %s", async (_, program) => {
    const options = { semconvContent: true, environment: ALL_CANARIES };
    const seen = await seenOf(wire, options, program, RESOURCE);

    expectNoLeak(seen);
    expect(seen.logs.length).toBeGreaterThan(0);
  });

  it("are masked under a key whatever they are", async () => {
    const values = { password: 90_817_263, cookie: { sid: "q1" }, apiKey: [[["q1"]], true] };
    const seen = await seenOf(wire, {}, () => tool("go", (_: object) => values)({ values }));

    expect(seen.spans + seen.wire).not.toMatch(/90817263|q1/);
  });

  it("are masked in a span of others: attributes, events, status", async () => {
    const seen = await seenOf(wire, {}, (tracer) => {
      for (const operation of ["chat", "execute_tool", "invoke_agent", "embeddings"]) {
        const started = tracer.startSpan(ALL_CANARIES, {
          attributes: foreignAttributes(operation),
        });
        started.recordException(Object.assign(new Error(ALL_CANARIES), { name: ALL_CANARIES }));
        started.setStatus({ code: 2, message: ALL_CANARIES });
        started.end();
      }
    });

    expectNoLeak(seen);
    expect(seen.logs).toHaveLength(4);
  });

  it("are masked where an error of a keep() is told", async () => {
    const keep = () => {
      throw new Error(ALL_CANARIES);
    };
    expectNoLeak(await seenOf(wire, { keep }, () => tool("go", () => 1)()));
  });
});

describe("secrets in spans that come as attributes alone", () => {
  it.each(["flow", "prompt", "tool"] as const)("are masked in each field of a %s", (type) => {
    const attributes: Record<string, unknown> = {
      "flowspan.type": type,
      "flowspan.outcome": ALL_CANARIES,
      "flowspan.truncated": JSON.stringify(DEEP),
      "gen_ai.request.model": ALL_CANARIES,
      "gen_ai.response.model": ALL_CANARIES,
    };
    for (const field of LOG_FIELDS) {
      const value = plant(field);
      attributes[field.attribute] = field.kind === "json" ? JSON.stringify(value) : value;
    }
    const resource = { "service.name": ALL_CANARIES };
    const logs = assemble([
      span(1, undefined, { attributes, resource, name: ALL_CANARIES }),
      span(2, undefined, {
        attributes: {
          "flowspan.type": type,
          "flowspan.query.version_id": ALL_CANARIES,
          "flowspan.query.environment": ALL_CANARIES,
        },
      }),
      span(3, undefined, {
        attributes: { "flowspan.type": type, "gen_ai.request.model": ALL_CANARIES },
        name: ALL_CANARIES,
      }),
    ]);

    expect(leaksIn(JSON.stringify(logs))).toEqual([]);
    expect(logs.length).toBeGreaterThan(1);
  });

  it("are masked in the names and the service of spans of others", () => {
    const resource = { "service.name": ALL_CANARIES };
    const named = ["chat", "execute_tool", "invoke_agent"].map((operation, index) =>
      foreign(operation, index + 1, undefined, foreignAttributes(operation), { resource }),
    );
    const routed = span(9, undefined, { attributes: { "http.route": ALL_CANARIES }, resource });
    const below = [10, 11].map((number) => foreign("chat", number, 9));

    expect(leaksIn(JSON.stringify(assemble([...named, routed, ...below])))).toEqual([]);
  });
});

/** Every attribute that the dialect reads, full of secrets. */
function foreignAttributes(operation: string): Record<string, string | string[]> {
  const messages = JSON.stringify([
    {
      role: "user",
      parts: [
        { type: "text", content: ALL_CANARIES },
        { type: "tool_call", id: "1", name: "f", arguments: DEEP },
        { type: "tool_call_response", id: "1", response: ALL_CANARIES },
        { type: "reasoning", content: ALL_CANARIES },
      ],
      finish_reason: ALL_CANARIES,
    },
  ]);
  return {
    "gen_ai.operation.name": operation,
    "gen_ai.request.model": ALL_CANARIES,
    "gen_ai.response.model": ALL_CANARIES,
    "gen_ai.provider.name": ALL_CANARIES,
    "gen_ai.request.stop_sequences": [ALL_CANARIES],
    "gen_ai.response.finish_reasons": [ALL_CANARIES],
    "gen_ai.system_instructions": ALL_CANARIES,
    "gen_ai.input.messages": messages,
    "gen_ai.output.messages": messages,
    "gen_ai.tool.definitions": JSON.stringify([{ name: "f", description: ALL_CANARIES }]),
    "gen_ai.tool.name": ALL_CANARIES,
    "gen_ai.tool.description": ALL_CANARIES,
    "gen_ai.tool.call.arguments": JSON.stringify(DEEP),
    "gen_ai.tool.call.result": ALL_CANARIES,
    "gen_ai.agent.name": ALL_CANARIES,
    "gen_ai.prompt.name": ALL_CANARIES,
    "gen_ai.conversation.id": ALL_CANARIES,
    "user.id": ALL_CANARIES,
    "error.type": ALL_CANARIES,
  };
}

async function run(call: () => unknown): Promise<void> {
  try {
    await call();
  } catch {
    // It is what was to be recorded.
  }
}
