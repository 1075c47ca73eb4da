import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { carrier, flow, resume, tool } from "flowspan";
import { start } from "flowspan/node";

/** Both services run this file. OpenTelemetry's HTTP instrumentation does by itself what the headers do here. */
if (process.send === undefined) {
  const { printTraces } = await import("./setup.mjs");
  const tracing = start({ serviceName: "shop" });
  const stock = fork(fileURLToPath(import.meta.url));
  const [url] = await once(stock, "message");

  const order = flow("shop/order", async (item) => {
    const response = await fetch(`${url}/${item}`, { headers: carrier() });
    console.log(`${await response.text()} in stock`);
  });
  await order("teapot");

  stock.send("end");
  await once(stock, "exit");
  await tracing.shutdown();
  await printTraces();
} else {
  const tracing = start({ serviceName: "stock" });
  const count = tool("stock/count", async (item) => (item === "teapot" ? 3 : 0));

  const server = createServer(async ({ headers, url }, response) => {
    response.end(String(await resume(headers, () => count(url?.slice(1) ?? ""))));
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address === "object") {
      process.send?.(`http://127.0.0.1:${address.port}`);
    }
  });
  process.once("message", async () => {
    await tracing.shutdown();
    process.exit();
  });
}

// Prints:
// 3 in stock
// Flow shop/order      complete
// └─ Tool stock/count
