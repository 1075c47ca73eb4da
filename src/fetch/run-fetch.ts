import type { Context } from "@opentelemetry/api";
import { isInstance } from "../base/data-property.ts";
import { mayBeProviderUrl, readProviderRequest } from "../providers/index.ts";
import { guarded } from "../spans/guard.ts";
import { isTracingOff } from "../spans/is-tracing-off.ts";
import { context } from "../spans/otel-api.ts";
import { callContext, isInCall } from "./call-context.ts";
import { CallLog } from "./call-log.ts";
import { type FetchCall, readCall, withInit } from "./fetch-call.ts";
import { withUsageAsked } from "./include-usage.ts";
import { observeAnswer } from "./observe-answer.ts";
import { openCall } from "./open-call.ts";
import type { FetchSettings } from "./options.ts";
import { withoutOurBaggage, withTraceHeaders } from "./propagate.ts";
import { type RequestBody, readRequestBody } from "./request-body.ts";
import { UsageSieve } from "./usage-sieve.ts";

type AnyFunction = (...args: never[]) => unknown;

/** How a call is to be made. */
interface Plan {
  readonly args: readonly unknown[];
  /** Of one to a provider. */
  readonly seen?: ProviderCall;
}

interface ProviderCall {
  readonly inner: Context;
  readonly call: CallLog;
  readonly sieve?: UsageSieve;
}

/**
 * Makes one call of a `fetch`. One to a provider gets a span that ends with its answer's body; any
 * other is made with the very same arguments, and its promise is the one that comes back.
 *
 * Nothing of ours can throw, and nothing is waited for.
 */
export function runFetch(
  fetch: AnyFunction,
  settings: FetchSettings,
  self: unknown,
  args: readonly unknown[],
): unknown {
  if (isTracingOff()) return Reflect.apply(fetch, self, args);
  const startMillis = performance.now();
  const plan = guarded("the fetch hook", () => planCall(args, settings)) ?? { args };
  if (plan.seen === undefined) return Reflect.apply(fetch, self, plan.args);
  const { call, inner, sieve } = plan.seen;
  const fail = (error: unknown): never => {
    call.when((log) => log.fail(error));
    throw error;
  };
  const see = <T>(answer: T): T => {
    guarded("observing an answer", () => observeAnswer(answer, call, inner, startMillis, sieve));
    return answer;
  };
  let result: unknown;
  try {
    result = context.with(inner, Reflect.apply, undefined, fetch, self, plan.args);
  } catch (error) {
    return fail(error);
  }
  return isInstance(result, Promise) ? result.then(see, fail) : see(result);
}

function planCall(args: readonly unknown[], settings: FetchSettings): Plan | undefined {
  const call = readCall(args);
  if (call === undefined) return undefined;
  const active = context.active();
  if (isInCall(active, call.url)) return undefined;
  const plan = call.method === "POST" ? planProviderCall(call, args, settings, active) : undefined;
  if (plan !== undefined) return plan;
  return settings.propagates?.(call.url) ? { args: withTraceHeaders(call, args) } : undefined;
}

function planProviderCall(
  call: FetchCall,
  args: readonly unknown[],
  settings: FetchSettings,
  active: Context,
): Plan | undefined {
  const { url } = call;
  if (!mayBeProviderUrl(url)) return undefined;
  const body = readRequestBody(call);
  if (body.later !== undefined) return planLater(call, args, active, body.later);
  const request = readProviderRequest(url, body.value);
  if (request === undefined) return undefined;
  const { span, log } = openCall(request, url, body.value, active);
  const known = new CallLog();
  known.isStream = request.isStream;
  known.settle(log);
  const asked = log.recording ? withUsageAsked(call, body.text, body.value, settings) : undefined;
  const inner = callContext(active, url, span);
  const own = withoutOurBaggage(call, args);
  return asked === undefined
    ? { args: own, seen: { inner, call: known } }
    : {
        args: withInit(own, { body: asked }),
        seen: { inner, call: known, sieve: new UsageSieve() },
      };
}

/** A call whose body is seen only as it is sent: its span is opened then, from when it was made. */
function planLater(
  call: FetchCall,
  args: readonly unknown[],
  active: Context,
  later: NonNullable<RequestBody["later"]>,
): Plan {
  const { url } = call;
  const startTime = Date.now();
  const pending = new CallLog();
  later((value) => {
    const opened = guarded("the fetch hook", () => {
      const request = readProviderRequest(url, value);
      pending.isStream = request?.isStream === true;
      return request && openCall(request, url, value, active, startTime);
    });
    pending.settle(opened?.log);
  });
  const seen = { inner: callContext(active, url, undefined), call: pending };
  return { args: withoutOurBaggage(call, args), seen };
}
