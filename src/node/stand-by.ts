import type { ProxyTracerProvider, TracerProvider } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { sharedState } from "../base/shared-state.ts";
import { NO_PROVIDER } from "../spans/is-tracing-off.ts";
import type { ApiInstance } from "./api-instances.ts";
import { eachApiInstance } from "./api-instances.ts";
import { registeredWithApi } from "./api-registration.ts";
import { claimProvider, sayRefused } from "./claim-provider.ts";
import { DeferredProvider } from "./deferred-provider.ts";
import { sendDiagToStderr } from "./diag-to-stderr.ts";
import { GuestProcessor } from "./guest-processor.ts";
import { intercept } from "./intercept.ts";
import { joinProvider, unwrapProvider } from "./join-provider.ts";
import type { RunningTracing } from "./run-tracing.ts";
import { runTracing } from "./run-tracing.ts";
import type { ResolvedStartOptions } from "./start-options.ts";
import { warn } from "./warn.ts";

const GLOBALS = ["trace", "context", "propagation"] as const;
type Global = (typeof GLOBALS)[number];

/**
 * Tracing for a program that may set up OpenTelemetry itself, some time after this.
 *
 * OTel's API takes the first registration and refuses every other. So nothing is registered until
 * tracing is used: a span is opened, or something is to run in a context. If the program has
 * registered a provider by then, or does so before, ours is never made, and that provider's spans
 * are taken. If it registers later, ours makes room for it.
 *
 * - The program's own provider, context manager and propagators are in force whenever it has any.
 * - Where the program sends its spans to flowspan itself, nothing is done here.
 * - A provider that takes no span processor is left alone, and that is said once.
 */
export function standBy(resolved: ResolvedStartOptions): void {
  const standby = new StandBy(resolved);
  if (registeredWithApi("trace") !== undefined) standby.settle();
  eachApiInstance((api) => standby.watch(api));
}

class StandBy {
  readonly #resolved: ResolvedStartOptions;
  readonly #watchesOfUse: (() => void)[] = [];
  /** What of ours is registered. */
  readonly #own = new Map<Global, unknown>();
  #isSettled = false;
  #isClaiming = false;
  #running: RunningTracing | undefined;

  constructor(resolved: ResolvedStartOptions) {
    this.#resolved = resolved;
  }

  /** Learns of the first use and of each registration through this instance of the API. */
  watch(api: ApiInstance): void {
    const { trace, context, propagation } = api;
    if (registeredWithApi("trace") === undefined) {
      const proxy = trace.getTracerProvider() as ProxyTracerProvider;
      proxy.setDelegate(new DeferredProvider(() => this.#providerInForce(api)));
    }
    const settleFirst = (call: () => unknown): unknown => {
      this.settle();
      return call();
    };
    this.#watchesOfUse.push(
      intercept(context, "with", settleFirst),
      intercept(context, "bind", settleFirst),
      intercept(propagation, "extract", settleFirst),
    );
    if (this.#isSettled) this.#stopWatchingUse();
    intercept(trace, "setGlobalTracerProvider", (call, [provider]) => {
      this.#makeRoom(api, "trace");
      const isTaken = call();
      if (isTaken === true && !this.#isClaiming) this.#othersCame(provider as TracerProvider);
      return isTaken;
    });
    intercept(context, "setGlobalContextManager", (call) => {
      this.#makeRoom(api, "context");
      return call();
    });
    intercept(propagation, "setGlobalPropagator", (call) => {
      this.#makeRoom(api, "propagation");
      return call();
    });
  }

  /** Tracing is used: with the provider that is there, else with ours. */
  settle(): void {
    if (this.#isSettled) return;
    const theirs = registeredWithApi("trace") as TracerProvider | undefined;
    if (theirs !== undefined) return this.#othersCame(theirs);
    this.#isSettled = true;
    this.#stopWatchingUse();
    this.#claim();
  }

  #providerInForce({ trace }: ApiInstance): TracerProvider {
    this.settle();
    const provider = trace.getTracerProvider();
    return unwrapProvider(provider) instanceof DeferredProvider ? NO_PROVIDER : provider;
  }

  #claim(): void {
    const free = GLOBALS.filter((name) => registeredWithApi(name) === undefined);
    const stopDiag = sendDiagToStderr();
    this.#isClaiming = true;
    this.#running = claimProvider(this.#resolved);
    this.#isClaiming = false;
    if (this.#running === undefined) {
      sayRefused("flowspan/register");
      stopDiag();
      return;
    }
    this.#running.onClosed = stopDiag;
    for (const name of free) this.#own.set(name, registeredWithApi(name));
  }

  /** Somebody is about to register: what is ours goes out of the way. */
  #makeRoom(api: ApiInstance, name: Global): void {
    const own = this.#own.get(name);
    if (own === undefined || registeredWithApi(name) !== own) return;
    this.#own.delete(name);
    api[name].disable();
  }

  #othersCame(provider: TracerProvider): void {
    this.#isSettled = true;
    this.#stopWatchingUse();
    // Somebody sends its spans to flowspan already.
    if (sharedState().policies.size > (this.#running ? 1 : 0)) return;
    const isJoined = joinProvider(unwrapProvider(provider), () => this.#processor());
    if (isJoined) return;
    warn(
      "flowspan: flowspan/register found a tracer provider that takes no span processor, so nothing is sent. Give `new FlowspanSpanProcessor()` from flowspan/otel to the program's OpenTelemetry setup.",
    );
  }

  #processor(): SpanProcessor {
    // OTLP is for the provider's owner to send.
    this.#running ??= runTracing({ ...this.#resolved, sendsOtlp: false });
    return new GuestProcessor(this.#running);
  }

  #stopWatchingUse(): void {
    for (const stop of this.#watchesOfUse.splice(0)) stop();
  }
}
