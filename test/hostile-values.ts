import { runInNewContext } from "node:vm";

/** One value that a program can pass, return, throw or yield. */
export interface HostileValue {
  readonly name: string;
  /** Makes it anew. `ran` is called by every piece of user code that recording must not run. */
  make(ran: () => void): unknown;
  /** How it stands in a log; `undefined`: not said here. */
  readonly stands?: unknown;
  /** Large: it is made once and not tried in every place. */
  readonly large?: boolean;
}

const row = (name: string, make: HostileValue["make"], stands?: unknown): HostileValue => ({
  name,
  make,
  stands,
});

/** Plain and not so plain values, each by itself. */
const SCALARS = [
  row("undefined", () => undefined, null),
  row("null", () => null, null),
  row("NaN", () => Number.NaN, "NaN"),
  row("minus zero", () => -0, 0),
  row("a BigInt", () => 2n ** 64n, "18446744073709551616"),
  row("a symbol", () => Symbol("s"), "Symbol(s)"),
  row("a function", () => () => 1, "[function]"),
  row("a class", () => class A {}, "[function]"),
  row("an empty string", () => "", ""),
  row("a lone surrogate", () => "a\ud800b", "a\ud800b"),
];

const refuse = (): never => {
  throw new Error("trap");
};

/** A handler with every trap that there is. */
function everyTrap(trap: () => never): ProxyHandler<object> {
  const names = Object.getOwnPropertyNames(Reflect);
  return Object.fromEntries(names.map((name) => [name, trap]));
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function ownPrototype(target: object): unknown {
  const proxy: object = new Proxy(target, { getPrototypeOf: () => proxy });
  return proxy;
}

function endlessPrototypes(): object {
  return new Proxy({}, { getPrototypeOf: endlessPrototypes });
}

/** Each of its keys leads to another such object. */
function endlessTree(): object {
  return new Proxy(
    {},
    {
      ownKeys: () => ["left", "right"],
      getOwnPropertyDescriptor: () => ({
        value: endlessTree(),
        enumerable: true,
        configurable: true,
      }),
    },
  );
}

const PROXIES = [
  row("a revoked proxy of an object", () => revoked({}), "[unreadable]"),
  row("a revoked proxy of a list", () => revoked([]), "[unreadable]"),
  row("a revoked proxy of a function", () => revoked(() => 1), "[function]"),
  row("a proxy that throws on every trap", () => new Proxy({}, everyTrap(refuse)), "[unreadable]"),
  row("a list whose proxy throws on every trap", () => new Proxy([], everyTrap(refuse))),
  row("a function whose proxy throws", () => new Proxy(() => 1, everyTrap(refuse)), "[function]"),
  row(
    "a proxy whose traps throw nothing at all",
    () =>
      new Proxy(
        {},
        everyTrap(() => {
          throw undefined;
        }),
      ),
  ),
  row("a proxy that lists what it has not", () => new Proxy({}, { ownKeys: () => ["a"] }), {}),
  row(
    "a proxy that throws for one property",
    () =>
      new Proxy(
        { a: 1, b: 2 },
        {
          getOwnPropertyDescriptor: (target, key) =>
            key === "a" ? refuse() : Reflect.getOwnPropertyDescriptor(target, key),
        },
      ),
  ),
  row("a proxy that is its own prototype", () => ownPrototype({ a: 1 }), { a: 1 }),
  row("a list that is its own prototype", () => ownPrototype([1]), [1]),
  row("a proxy whose prototypes have no end", endlessPrototypes, {}),
  row("a proxy that has every method", () => {
    const any: unknown = new Proxy({}, { get: (_, key) => key !== "then" && (() => any) });
    return any;
  }),
  row("a proxied map", () => new Proxy(new Map([["a", 1]]), {}), "[Map]"),
  row("a proxied error", () => new Proxy(new Error("m"), {}), { name: "Error", message: "m" }),
];

/** User code of every kind that a careless reader would run. */
const CODE = [
  row("a getter", (ran) => Object.defineProperty({}, "a", { enumerable: true, get: ran }), {
    a: "[getter]",
  }),
  row("getters under the names that are looked for", (ran) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        ["next", "role", "content", "message", "object", "choices", "constructor", "name"]
          .concat(["stack", "cause", "value", "done", "parse", "length", "toJSON", "toString"])
          .map((key) => [key, { enumerable: true, get: ran }]),
      ),
    ),
  ),
  row("getters under symbols", (ran) =>
    Object.defineProperties(
      { a: 1 },
      Object.fromEntries(
        ["iterator", "asyncIterator", "toPrimitive", "toStringTag", "hasInstance"].map((name) => [
          Symbol[name as "iterator"],
          { enumerable: true, get: ran },
        ]),
      ),
    ),
  ),
  row("a list of getters", (ran) => Object.defineProperty([], 0, { enumerable: true, get: ran }), [
    "[getter]",
  ]),
  row("a toJSON", (ran) => ({ a: 1, toJSON: ran }), { a: 1, toJSON: "[function]" }),
  row("a hidden toJSON", (ran) => Object.defineProperty({ a: 1 }, "toJSON", { value: ran }), {
    a: 1,
  }),
  row("a list with a toJSON", (ran) => Object.assign([1], { toJSON: ran }), [1]),
  row(
    "an instance with a toJSON",
    (ran) => {
      class Point {
        x = 1;
        toJSON() {
          ran();
          return this;
        }
      }
      return new Point();
    },
    { x: 1 },
  ),
  row(
    "a proxy with a toJSON that is not among its keys",
    (ran) =>
      new Proxy(
        { a: 1 },
        { get: (target, key) => (key === "toJSON" ? ran : Reflect.get(target, key)) },
      ),
  ),
  row(
    "a way to become a primitive",
    (ran) => ({ [Symbol.toPrimitive]: ran, toString: ran, valueOf: ran }),
    { toString: "[function]", valueOf: "[function]" },
  ),
  row(
    "a date of the user's class",
    (ran) =>
      new (class extends Date {
        override getTime() {
          ran();
          return 1;
        }
        override toISOString() {
          ran();
          return "";
        }
        override toJSON() {
          ran();
          return "";
        }
      })(0),
    "1970-01-01T00:00:00.000Z",
  ),
  row(
    "a map of the user's class",
    (ran) => {
      class Own extends Map<string, number> {
        override get size() {
          ran();
          return 1;
        }
        override entries() {
          ran();
          return super.entries();
        }
        override [Symbol.iterator]() {
          ran();
          return super.entries();
        }
      }
      return new Own([["a", 1]]);
    },
    { a: 1 },
  ),
  row(
    "bytes of the user's class",
    (ran) =>
      new (class Own extends Uint8Array {
        override get byteLength() {
          ran();
          return 1;
        }
      })(3),
    "[Own: 3 bytes]",
  ),
  row(
    "a pattern with flags of its own",
    (ran) =>
      Object.defineProperties(/a/g, {
        flags: { get: ran },
        source: { get: ran },
        global: { get: ran },
        toString: { value: ran },
      }),
    "/a/g",
  ),
  row(
    "an error whose message and name are getters",
    (ran) => {
      const error = new Error();
      // Putting the stack into words may look at both.
      void error.stack;
      return Object.defineProperties(error, { message: { get: ran }, name: { get: ran } });
    },
    { name: "[getter]", message: "[getter]" },
  ),
  row(
    "classes that are called like the platform's",
    (ran) =>
      ["Map", "RegExp", "URL", "Date"].map((name) => {
        class Own {
          get size() {
            return ran();
          }
          entries() {
            ran();
          }
          toString() {
            ran();
          }
        }
        return new (Object.defineProperty(Own, "name", { value: name }))();
      }),
    ["[Map]", "[RegExp]", "[URL]", "[Date]"],
  ),
  row(
    "claims to be of the platform's classes",
    () => [Object.create(Map.prototype), Object.create(Date.prototype), { constructor: Map, a: 1 }],
    ["[Map]", "[Date]", { constructor: "[function]", a: 1 }],
  ),
];

const CYCLE: unknown[] = [];
CYCLE.push(CYCLE);

const SHAPES = [
  row("no prototype", () => Object.assign(Object.create(null), { a: 1 }), { a: 1 }),
  row("a frozen object", () => Object.freeze({ a: Object.freeze([1]) }), { a: [1] }),
  row(
    "a sealed class instance",
    () =>
      Object.seal(
        new (class A {
          a = 1;
        })(),
      ),
    { a: 1 },
  ),
  row(
    "an instance with private data alone",
    () =>
      new (class Vault {
        #a = 1;
        a() {
          return this.#a;
        }
      })(),
    "[Vault]",
  ),
  row("a list with holes", () => Object.assign(new Array(3), { 0: 1, 2: 3 }), [1, null, 3]),
  row("a list with properties", () => Object.assign([1], { b: 2 }), [1]),
  row("a list of the user's class", () => class Rows extends Array {}.from([1, 2]), [1, 2]),
  row("a cycle", () => CYCLE, ["[circular]"]),
  row(
    "a cyclic map and set",
    () => {
      const map = new Map<string, unknown>();
      map.set("set", new Set([map]));
      return map;
    },
    { set: ["[circular]"] },
  ),
  row("a map with object keys", () => new Map([[{ a: 1 }, 2]]), [[{ a: 1 }, 2]]),
  row(
    "the key __proto__",
    () => JSON.parse('{"__proto__":{"a":1}}'),
    JSON.parse('{"__proto__":{"a":1}}'),
  ),
  row(
    "keys that look like secrets",
    () => ({ api_key: "x", Authorization: { a: 1 }, [`sk-${"Ab1_".repeat(8)}`]: 1 }),
    { api_key: "[masked]", Authorization: "[masked]", "[masked]": 1 },
  ),
  row(
    "the arguments of a call",
    () =>
      (function (..._: unknown[]) {
        // biome-ignore lint/complexity/noArguments: they are what is tried
        return arguments;
      })(1, "a"),
    { 0: 1, 1: "a" },
  ),
  row("an enumerable symbol", () => ({ [Symbol("s")]: 1, a: 2 }), { a: 2 }),
  row("inherited data", () => Object.create({ a: 1 }), {}),
];

const PLATFORM = [
  row("a date", () => new Date(0), "1970-01-01T00:00:00.000Z"),
  row("an invalid date", () => new Date(Number.NaN), "[invalid date]"),
  row("a URL", () => new URL("http://a.test/b"), "http://a.test/b"),
  row("boxed primitives", () => [Object("a"), Object(1), Object(true), Object(1n)], [
    "a",
    1,
    true,
    "[BigInt]",
  ]),
  row("a buffer", () => Buffer.from("abc"), "[Buffer: 3 bytes]"),
  row("a list of numbers of the machine's", () => new Float64Array(2), "[Float64Array: 16 bytes]"),
  row("bytes whose buffer is detached", () => detached(new Uint8Array(8)), "[Uint8Array: 0 bytes]"),
  row(
    "a view whose buffer is detached",
    () => detached(new DataView(new ArrayBuffer(8))),
    "[DataView]",
  ),
  row(
    "bytes in shared memory",
    () => new Uint8Array(new SharedArrayBuffer(8)),
    "[Uint8Array: 8 bytes]",
  ),
  row("shared memory", () => new SharedArrayBuffer(8), "[SharedArrayBuffer: 8 bytes]"),
  row("a blob and a file", () => [new Blob(["ab"]), new File(["abc"], "a.txt")], [
    "[Blob: 2 bytes]",
    "[File: 3 bytes]",
  ]),
  row("a request", () => new Request("http://a.test/"), "[Request]"),
  row("headers", () => new Headers({ a: "b", cookie: "c" }), { a: "b", cookie: "[masked]" }),
  row("form data", () => new FormData(), "[FormData]"),
  row("an abort signal", () => new AbortController().signal, "[AbortSignal]"),
  row("a DOMException", () => new DOMException("m", "AbortError"), {
    name: "AbortError",
    message: "m",
  }),
  row(
    "an error with a cyclic cause",
    () => {
      const error = new Error("m");
      error.cause = error;
      return error;
    },
    { name: "Error", message: "m", cause: "[circular]" },
  ),
  row(
    "an error with an object for a message",
    () => Object.assign(new Error(), { message: { code: 1 } }),
    { name: "Error", message: { code: 1 } },
  ),
  row("weak references", () => [new WeakRef({}), new WeakMap(), new WeakSet()], [
    "[WeakRef]",
    "[WeakMap]",
    "[WeakSet]",
  ]),
  row("a promise inside data", () => ({ a: Promise.resolve(1) }), { a: "[Promise]" }),
  row("generators inside data", () => ({ a: (function* () {})(), b: (async function* () {})() }), {
    a: "[Generator]",
    b: "[AsyncGenerator]",
  }),
  row(
    "streams inside data",
    () => ({ a: new ReadableStream(), b: new WritableStream(), c: new Response("x").body }),
    { a: "[ReadableStream]", b: "[WritableStream]", c: "[ReadableStream]" },
  ),
  row("a response inside data", () => ({ a: new Response("x") }), { a: "[Response]" }),
  row("globalThis", () => globalThis),
  row("process.env", () => process.env),
  row(
    "another realm's values",
    () =>
      runInNewContext(
        '({ map: new Map([["a", 1]]), error: new TypeError("m"), date: new Date(0), list: [1], bytes: new Uint8Array(2), plain: { a: 1 } })',
      ),
    {
      map: { a: 1 },
      error: { name: "TypeError", message: "m" },
      date: "1970-01-01T00:00:00.000Z",
      list: [1],
      bytes: "[Uint8Array: 2 bytes]",
      plain: { a: 1 },
    },
  ),
  row(
    "another realm's error",
    () => runInNewContext('new TypeError("m", { cause: new Error("why") })'),
    { name: "TypeError", message: "m", cause: { name: "Error", message: "why" } },
  ),
];

function detached<T extends ArrayBufferView>(view: T): T {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}

const large = (name: string, make: () => unknown): HostileValue => {
  let made: unknown;
  return {
    name,
    large: true,
    make: () => {
      made ??= make();
      return made;
    },
  };
};

/** Far over any cap: what is recorded of them is no more than the cap, in time that allows it. */
export const LARGE_VALUES: readonly HostileValue[] = [
  large("a tree without an end", endlessTree),
  large(
    "a proxy with 100,000 keys that are not there",
    () =>
      new Proxy({}, { ownKeys: () => Array.from({ length: 100_000 }, (_, index) => `k${index}`) }),
  ),
  large(
    "a list that says it is longer",
    () =>
      new Proxy([1], {
        get: (target, key) => (key === "length" ? 2 ** 32 - 1 : Reflect.get(target, key)),
      }),
  ),
  large(
    "10,000 errors in one",
    () =>
      new AggregateError(
        Array.from({ length: 10_000 }, () => new Error("m")),
        "all",
      ),
  ),
  large("a string of 100 MB", () => "x".repeat(100_000_000)),
  large("a buffer of 100 MB", () => Buffer.alloc(100_000_000)),
  large("a list of 10 million numbers", () => new Array(10_000_000).fill(7)),
  large("a billion holes", () => new Array(1_000_000_000)),
  large(
    "a map of a million",
    () => new Map(Array.from({ length: 1_000_000 }, (_, index) => [`k${index}`, index])),
  ),
  large(
    "a set of a million",
    () => new Set(Array.from({ length: 1_000_000 }, (_, index) => index)),
  ),
  large("100,000 keys", () =>
    Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key ${index}`, "value"])),
  ),
  large("100,000 levels of lists", () => nest((inner) => [inner])),
  large("100,000 levels of objects", () => nest((inner) => ({ inner }))),
  large("100,000 causes", () => nest((cause) => new Error("m", { cause }))),
  large("data that shares itself exponentially", () => nest((inner) => [inner, inner], 60)),
];

function nest(wrap: (inner: unknown) => unknown, levels = 100_000): unknown {
  let value: unknown = "leaf";
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
}

/** Every small value of the table. */
export const HOSTILE_VALUES: readonly HostileValue[] = [
  ...SCALARS,
  ...PROXIES,
  ...CODE,
  ...SHAPES,
  ...PLATFORM,
];
