import { statSync } from "node:fs";
import { sendSpool } from "../../../src/node/send-spool.ts";
import { parseOptions, UsageError } from "./command.ts";

/** What `flowspan spool --help` prints. */
export const usage: string = `Usage: flowspan spool send DIR [options]

Sends the logs that programs left in a spool folder (spoolDir, FLOWSPAN_SPOOL_DIR) when they were
killed or the server was away. What was sent is removed. The next start of such a program with the
same folder does the same by itself.

Options:
  --url URL       address of the server (default: FLOWSPAN_URL, or http://127.0.0.1:4319/v5)
  --api-key KEY   key to send (default: FLOWSPAN_API_KEY, or none)
  --help          print this
`;

/** `flowspan spool send DIR`. */
export async function run([action, ...args]: readonly string[]): Promise<void> {
  if (action !== "send") throw new UsageError("spool: expected send");
  const { values, positionals } = parseOptions(args, {
    url: { type: "string" },
    "api-key": { type: "string" },
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) {
    throw new UsageError("spool send: expected one folder");
  }
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`spool send: expected a folder, got ${folder}.`);
  }
  const { sent, leftTraces, dropped } = await sendSpool(folder, {
    ...(values.url !== undefined && { url: values.url }),
    ...(values["api-key"] !== undefined && { apiKey: values["api-key"] }),
  });
  const reasons = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  const lost = reasons.length === 0 ? "" : `, ${reasons.join(", ")}`;
  process.stdout.write(`sent ${sent} logs, ${leftTraces} traces left${lost}\n`);
  if (leftTraces > 0) {
    throw new Error("spool send: the server did not take everything. Is it running? Try again.");
  }
  if (reasons.length > 0) throw new Error("spool send: the server refused some logs.");
}
