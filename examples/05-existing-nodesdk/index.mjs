import { trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { flow } from "flowspan";
import { FlowspanSpanProcessor } from "flowspan/otel";
import { printTraces } from "../setup.mjs";

/** Stands for the exporter you have: it prints what it gets. */
class PrintingProcessor {
  onStart() {}
  onEnd(span) {
    console.log(`your exporter: ${span.name}`);
  }
  async forceFlush() {}
  async shutdown() {}
}

// One line more than before: flowspan's processor beside your own.
const sdk = new NodeSDK({
  spanProcessors: [new PrintingProcessor(), new FlowspanSpanProcessor()],
  instrumentations: [],
});
sdk.start();

const tracer = trace.getTracer("your-app");
const greet = flow("greeter", (name) =>
  tracer.startActiveSpan("compose", (span) => {
    span.end();
    return `Hello ${name}`;
  }),
);

console.log(greet("Ada"));
await sdk.shutdown();
await printTraces();

// Prints:
// your exporter: compose
// your exporter: greeter
// Hello Ada
// Flow greeter  complete
