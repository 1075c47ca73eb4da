import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tracer } from "@opentelemetry/api";
import { expect, it, onTestFinished } from "vitest";
import { flow, record, tool } from "../../src/index.ts";
import type { FlowspanOptions } from "../../src/otel/index.ts";
import { ALL_CANARIES, leaksIn } from "./canaries.ts";
import { seenOf } from "./seen.ts";

/** What stands on the disk while no server takes anything. */
async function spooledOf(
  options: FlowspanOptions,
  program: (tracer: Tracer) => unknown,
  resource: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-privacy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let spooled = "";
  const away = { url: "http://127.0.0.1:9/v5", spoolDir: folder, shutdownTimeoutMillis: 10 };
  await seenOf("batch", { ...away, ...options, flushTimeoutMillis: 10 }, program, resource);
  for (const name of readdirSync(folder)) spooled += readFileSync(join(folder, name), "utf8");
  return spooled;
}

const CHAT = {
  "gen_ai.operation.name": "chat",
  "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"private"}]}]',
};

function program(tracer: Tracer): void {
  const failing = tool("failing", (_: string) => {
    throw new RangeError("private");
  });
  try {
    failing("private");
  } catch {
    // Recorded.
  }
  const span = tracer.startSpan("x", { attributes: CHAT });
  span.recordException(new TypeError("private"));
  span.end();
}

it("has no content in a spool with content none, and of errors their types", async () => {
  const spooled = await spooledOf({ content: "none" }, program);

  expect(spooled).not.toContain("private");
  expect(spooled).toContain('"error":"RangeError"');
  expect(spooled).toContain('"error":"TypeError"');
});

it("has the content in a spool with content log", async () => {
  expect(await spooledOf({ content: "log" }, program)).toContain("private");
});

it("has no payload in a spool below save: false, also where it is said late", async () => {
  const spooled = await spooledOf({}, (tracer) => {
    flow({ path: "go", save: false }, () => {
      tracer.startSpan("x", { attributes: CHAT }).end();
      return tool("inner", (text: string) => text)("private");
    })();
    flow("late", (_: string) => {
      const begun = tracer.startSpan("x", { attributes: CHAT });
      record({ save: false });
      begun.end();
      return "private";
    })("private");
  });

  expect(spooled).not.toContain("private");
  expect(spooled).toContain("late");
});

it("has no secret in a spool: names, services, models, routes and content", async () => {
  const resource = { "service.name": ALL_CANARIES, "process.command_line": ALL_CANARIES };
  const spooled = await spooledOf(
    {},
    (tracer) => {
      const attributes = {
        ...CHAT,
        "gen_ai.request.model": ALL_CANARIES,
        "gen_ai.agent.name": ALL_CANARIES,
        "http.route": ALL_CANARIES,
        "flowspan.parent": ALL_CANARIES,
        "db.statement": ALL_CANARIES,
      };
      for (const operation of ["chat", "execute_tool", "invoke_agent"]) {
        tracer
          .startSpan(ALL_CANARIES, {
            attributes: {
              ...attributes,
              "gen_ai.operation.name": operation,
              "gen_ai.tool.name": ALL_CANARIES,
              "gen_ai.prompt.name": ALL_CANARIES,
            },
          })
          .end();
      }
      tracer.startSpan(ALL_CANARIES, { attributes: { "http.route": ALL_CANARIES } }).end();
    },
    resource,
  );

  expect(leaksIn(spooled)).toEqual([]);
  expect(spooled.split("\n").length).toBeGreaterThan(4);
});
