import { sharedState } from "../base/shared-state.ts";
import { classPath } from "./class-path.ts";
import type { Settings, WrappedFunction } from "./settings.ts";
import { wrapFunction } from "./wrap-function.ts";

/**
 * A member's value with a span round its calls, by default at `Class/member`; anything but a
 * function stays as it is.
 *
 * @param home the class, prototype or instance that the member is on, where that is known.
 * @param metadata what the class's own TC39 decorators share, where the compiler gives it.
 */
export function wrapMember(
  settings: Settings,
  name: PropertyKey,
  value: unknown,
  home?: unknown,
  metadata?: object,
): unknown {
  if (typeof value !== "function") return value;
  const wrapper: unknown = wrapFunction(value as WrappedFunction, settings, (self) =>
    classPath(home ?? self, name, (own) => !home && holds(own, wrapper), metadata),
  );
  return wrapper;
}

/** True for the wrapper itself and for wrappers of ours round it. */
function holds(value: unknown, wrapper: unknown): boolean {
  if (value === wrapper) return true;
  const inner = sharedState().wrapped.get(value as object)?.fn;
  return inner !== undefined && holds(inner, wrapper);
}
