import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";

/** What goes wrong between a program and its server. */
export type Weather =
  | "fair"
  /** Nobody listens. */
  | "down"
  /** Connections are taken, and nothing ever comes back. */
  | "black hole"
  /** Each part of an answer comes so much later. */
  | { readonly delayMillis: number }
  /** This share of the parts of requests and answers meets a reset of its connection. */
  | { readonly resetShare: number }
  /** This share of the answers is cut in its middle; the server has taken the request. */
  | { readonly cutShare: number };

/** A TCP proxy in front of a server, for everything that can go wrong on the way to it. */
export class FaultyProxy {
  #server: Server | undefined;
  #port = 0;
  #targetPort: number;
  #weather: Weather = "fair";
  readonly #sockets = new Set<Socket>();
  readonly #random = createRandom(1);
  /** How often a connection was reset or an answer cut. */
  harms = 0;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  static async start(targetPort: number): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(targetPort);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** What programs are given as their `FLOWSPAN_URL`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async turn(weather: Weather): Promise<void> {
    this.#weather = weather;
    if (weather === "down") await this.close();
    else if (this.#server === undefined) await this.#listen();
  }

  /** Leads to another server from now on; what is open is cut. */
  leadTo(targetPort: number): void {
    this.#targetPort = targetPort;
    this.#cutAll();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    this.#cutAll();
    await closed;
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => this.#take(socket));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  #take(client: Socket): void {
    this.#keep(client);
    if (this.#weather === "black hole") {
      client.resume();
      return;
    }
    const target = connect(this.#targetPort, "127.0.0.1");
    this.#keep(target);
    client.on("close", () => target.destroy());
    client.on("data", (part: Buffer) => {
      if (this.#strikes("resetShare")) client.resetAndDestroy();
      else target.write(part);
    });
    target.on("close", () => this.#later(() => client.destroy()));
    target.on("data", (part: Buffer) => {
      if (this.#strikes("resetShare")) {
        client.resetAndDestroy();
      } else if (this.#strikes("cutShare")) {
        client.end(part.subarray(0, part.length / 2));
        target.destroy();
      } else {
        this.#later(() => client.write(part));
      }
    });
  }

  #strikes(name: "resetShare" | "cutShare"): boolean {
    const weather = this.#weather;
    if (typeof weather !== "object" || !(name in weather)) return false;
    const share = (weather as Readonly<Record<string, number>>)[name] ?? 0;
    // The first is always met, so that no run goes without.
    const strikes = share > 0 && (this.harms === 0 || this.#random() < share);
    if (strikes) this.harms += 1;
    return strikes;
  }

  #later(run: () => void): void {
    const weather = this.#weather;
    if (typeof weather === "object" && "delayMillis" in weather) {
      setTimeout(run, weather.delayMillis);
    } else {
      run();
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // Cut connections are what this is for.
    socket.on("error", () => socket.destroy());
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Chance that is the same in every run: numbers from 0 to 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
