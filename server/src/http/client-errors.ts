import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { HEADERS } from "./headers.ts";

/** What Node calls the ways a request can fail before there is one to route. */
const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/**
 * Answers what can't be read as an HTTP request in the shape of every other answer, and ends the
 * connection. Gives the status that it is answered with.
 */
export function answerUnreadableRequest(error: Error & { code?: string }, socket: Socket): number {
  const status = STATUSES[error.code ?? ""] ?? 400;
  if (socket.writable && error.code !== "ECONNRESET") {
    const body = JSON.stringify({ detail: `The request can't be read: ${STATUS_CODES[status]}.` });
    const headers = Object.entries({
      ...HEADERS,
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(body),
      connection: "close",
    });
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`);
  }
  socket.destroy();
  return status;
}
