import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { watchFetch } from "./probe-fetch.ts";
import { REPORT_FOLDER_VARIABLE, type Report } from "./report.ts";

/**
 * Preloaded into a program by `flowspan doctor -- COMMAND`: looks at what is registered with
 * OpenTelemetry while it runs, and writes it down when it ends. Nothing of the program's data is
 * looked at but the hosts that it calls.
 */
const WRITE_MILLIS = 500;
/** What starts programs and is none. */
const LAUNCHERS = /^(npm|npx|pnpm|yarn|corepack)(-cli)?(\.[cm]?js)?$/;

const API_REGISTRY = Symbol.for("opentelemetry.js.api.1");

interface Registry {
  readonly version?: string;
  readonly trace?: object;
  readonly context?: object;
  readonly propagation?: object;
}

interface FlowspanState {
  readonly policies?: ReadonlySet<unknown>;
  readonly notSampled?: number;
  readonly undoFetchHook?: unknown;
}

function probe(folder: string): void {
  const calls = watchFetch(() => flowspanState()?.undoFetchHook !== undefined);
  let seen: Report = merge(undefined, look());
  watchRegistry(() => {
    seen = merge(seen, look());
  });
  const file = join(folder, `${process.pid}.json`);
  const write = (): void => {
    seen = merge(seen, look());
    try {
      writeFileSync(file, JSON.stringify({ ...seen, ...calls() }));
    } catch {
      // The one who asked has gone.
    }
  };
  setInterval(write, WRITE_MILLIS).unref();
  process.prependListener("beforeExit", write);
  process.prependListener("exit", write);
}

/**
 * Has a look whenever OTel's API asks for what is registered and that has changed since: it asks
 * before it takes anything away, too, as at a program's end.
 */
function watchRegistry(haveLook: () => void): void {
  let registry: Registry | undefined;
  let known: readonly unknown[] = [];
  Object.defineProperty(globalThis, API_REGISTRY, {
    configurable: true,
    get() {
      const now = [registry?.trace, registry?.context, registry?.propagation];
      if (now.some((one, index) => one !== known[index])) {
        known = now;
        haveLook();
      }
      return registry;
    },
    set(value: Registry | undefined) {
      registry = value;
    },
  });
}

function look(): Omit<Report, "roundTheHook" | "unhooked"> {
  const registry = (Reflect.get(globalThis, API_REGISTRY) as Registry | undefined) ?? {};
  const state = flowspanState();
  const provider = registry.trace && unwrap(registry.trace);
  return {
    apiVersion: registry.version,
    provider: provider?.constructor.name,
    processors: provider && processorsOf(provider),
    hasContextManager: registry.context !== undefined,
    hasPropagator: registry.propagation !== undefined,
    pipelines: state?.policies?.size ?? 0,
    isRegistered: globalValue("flowspan.register") === true,
    notSampled: state?.notSampled ?? 0,
    isFetchHooked: state?.undoFetchHook !== undefined,
  };
}

/** What was there at any time. */
function merge(before: Report | undefined, now: ReturnType<typeof look>): Report {
  return {
    apiVersion: now.apiVersion ?? before?.apiVersion,
    provider: now.provider ?? before?.provider,
    processors: now.processors ?? before?.processors,
    hasContextManager: now.hasContextManager || before?.hasContextManager === true,
    hasPropagator: now.hasPropagator || before?.hasPropagator === true,
    pipelines: Math.max(now.pipelines, before?.pipelines ?? 0),
    isRegistered: now.isRegistered,
    notSampled: Math.max(now.notSampled, before?.notSampled ?? 0),
    isFetchHooked: now.isFetchHooked || before?.isFetchHooked === true,
    roundTheHook: [],
    unhooked: [],
  };
}

function unwrap(proxy: object): object {
  const { getDelegate } = proxy as { getDelegate?: () => object };
  return typeof getDelegate === "function" ? Reflect.apply(getDelegate, proxy, []) : proxy;
}

/** SDK 1.x has the one name, 2.x and 3.x the other. */
function processorsOf(provider: object): string[] | undefined {
  const { _activeSpanProcessor, activeSpanProcessor = _activeSpanProcessor } = provider as Record<
    string,
    { _spanProcessors?: unknown } | undefined
  >;
  const processors = activeSpanProcessor?._spanProcessors;
  if (!Array.isArray(processors)) return undefined;
  return processors.flatMap((processor: { _exporter?: object }) =>
    [processor, processor._exporter].flatMap((one) => (one ? [one.constructor.name] : [])),
  );
}

function flowspanState(): FlowspanState | undefined {
  return globalValue("flowspan.state.v1");
}

function globalValue<T>(name: string): T | undefined {
  return Reflect.get(globalThis, Symbol.for(name)) as T | undefined;
}

const folder = process.env[REPORT_FOLDER_VARIABLE];
const isLauncher = LAUNCHERS.test(basename(process.argv[1] ?? ""));
if (folder !== undefined && isMainThread && !isLauncher) probe(folder);
