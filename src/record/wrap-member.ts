import { classPath } from "./class-path.ts";
import { resolveSettings, type Settings, type WrappedFunction } from "./settings.ts";
import { wrapFunction } from "./wrap-function.ts";

/**
 * A member's value with a span round its calls, by default at `Class/member`; anything but a
 * function stays as it is.
 */
export function wrapMember(
  type: Settings["type"],
  options: string | object | undefined,
  name: PropertyKey,
  value: unknown,
): unknown {
  if (typeof value !== "function") return value;
  const settings = resolveSettings(type, options);
  const wrapper: unknown = wrapFunction(value as WrappedFunction, settings, (self) =>
    classPath(self, name, (own) => own === wrapper),
  );
  return wrapper;
}
