/**
 * What is the same with every version of OpenTelemetry's SDK: `node program.mjs CASE` runs one case against the server
 * at FLOWSPAN_URL and prints, as JSON, the ids of the logs to read back there.
 */
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import { currentLog, flow, prompt, tool, withLogContext } from "flowspan";
import { FlowspanExporter, FlowspanLogRecordProcessor, FlowspanSpanProcessor } from "flowspan/otel";
import { batch, createLogger, register, simple } from "./sdk.mjs";

const ids = [];
const found = {};

const lookup = tool("lookup", async (word) => `about ${word}`);
const chat = prompt("chat", async (messages) => ({
  role: "assistant",
  content: await lookup(messages[0].content),
}));
const agent = flow("agent", async (question) => {
  ids.push(currentLog().id);
  const { content } = await chat([{ role: "user", content: question }]);
  return content.toUpperCase();
});
const foreign = trace.getTracer("foreign", "1.0.0");
const CHAT = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-4o",
  "gen_ai.usage.input_tokens": 7,
  "gen_ai.usage.output_tokens": 3,
};

/** Each sets up what it needs, calls, and gives what is to be shut down. */
const CASES = {
  async processor() {
    const provider = register([new FlowspanSpanProcessor()]);
    await withLogContext({ user: "ada" }, () => Promise.all([agent("one"), agent("two")]));
    return provider;
  },
  async simple() {
    const provider = register([simple(new FlowspanExporter())]);
    await agent("one");
    return provider;
  },
  async batch() {
    const provider = register([batch(new FlowspanExporter())]);
    await agent("one");
    return provider;
  },
  async error() {
    const provider = register([new FlowspanSpanProcessor()]);
    const failing = flow("failing", async () => {
      ids.push(currentLog().id);
      await prompt("asked", async () => {
        throw new RangeError("too much", { cause: new Error("the cause") });
      })();
    });
    await failing().catch(() => {});
    return provider;
  },
  async keep() {
    const keep = ({ logs }) => logs[0].path !== "dropped";
    const provider = register([new FlowspanSpanProcessor({ keep })]);
    const dropped = flow("dropped", async () => {
      ids.push(currentLog().id);
    });
    await dropped();
    await agent("kept");
    return provider;
  },
  /** The trace is at the server, incomplete, while its Flow is open. */
  async live() {
    const provider = register([new FlowspanSpanProcessor({ openTraceMillis: 0 })]);
    const open = flow("open", async () => {
      const { id } = currentLog();
      ids.push(id);
      await lookup("early");
      await provider.forceFlush();
      const { trace_status: status, trace_children: children } = await readLog(id);
      Object.assign(found, { status, children: children.map((log) => log.tool?.path) });
    });
    await open();
    return provider;
  },
  async foreign() {
    const provider = register([new FlowspanSpanProcessor()]);
    const attributes = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "helper" };
    foreign.startActiveSpan("invoke_agent helper", { attributes }, (span) => {
      ids.push(`log_${span.spanContext().traceId}${span.spanContext().spanId}`);
      foreign.startActiveSpan("unrelated", (between) => {
        foreign.startSpan("chat gpt-4o", { kind: SpanKind.CLIENT, attributes: CHAT }).end();
        between.end();
      });
      span.end();
    });
    return provider;
  },
  /** A service's request span under a caller's that is never seen here. */
  async remote() {
    const provider = register([new FlowspanSpanProcessor({ lateSpanMillis: 50 })]);
    await requested({ traceparent: `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01` });
    return provider;
  },
  async remoteExporter() {
    const provider = register([simple(new FlowspanExporter({ lateSpanMillis: 50 }))]);
    await requested({ traceparent: `00-${"ab".repeat(15)}ac-${"cd".repeat(8)}-01` });
    return provider;
  },
  /** Caller and service here, joined by nothing but the request's headers. */
  async propagated() {
    const provider = register([new FlowspanSpanProcessor()]);
    const caller = flow("caller", async () => {
      ids.push(currentLog().id);
      const headers = {};
      propagation.inject(context.active(), headers);
      await requested(headers, []);
    });
    await caller();
    return provider;
  },
  async messages() {
    const processor = new FlowspanSpanProcessor();
    const provider = register([processor]);
    const logger = createLogger(new FlowspanLogRecordProcessor(processor));
    const told = flow("told", () => {
      ids.push(currentLog().id);
      foreign.startActiveSpan(
        "chat gpt-4o",
        { kind: SpanKind.CLIENT, attributes: CHAT },
        (span) => {
          const emit = (eventName, body) => {
            const attributes = { "event.name": eventName };
            logger.emit({ eventName, body, attributes, context: context.active() });
          };
          emit("gen_ai.user.message", { content: "What is OTel?" });
          const message = { role: "assistant", content: "A standard." };
          emit("gen_ai.choice", { index: 0, finish_reason: "stop", message });
          span.end();
        },
      );
    });
    told();
    return provider;
  },
};

const provider = await CASES[process.argv[2]]();
await provider.shutdown();
process.stdout.write(`${JSON.stringify({ ids, found })}\n`);

/** Handles a request as an HTTP instrumentation does, with an agent's call in it. */
async function requested(headers, into = ids) {
  const parent = propagation.extract(ROOT_CONTEXT, headers);
  const span = foreign.startSpan("GET /ask", { kind: SpanKind.SERVER }, parent);
  await context.with(trace.setSpan(parent, span), async () => {
    const inner = flow("inner", async () => {
      into.push(currentLog().id);
      return lookup("request");
    });
    await inner();
  });
  span.end();
}

async function readLog(id) {
  const response = await fetch(`${process.env.FLOWSPAN_URL}/v5/logs/${id}`);
  return response.json();
}
