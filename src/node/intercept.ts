type Method = (...args: never[]) => unknown;

/**
 * Runs `around` in place of one object's method, with the call that was meant. The object alone is
 * changed, not its class. Gives the function that takes it away; where somebody else has put a
 * method of theirs in front since, theirs stays and finds ours passing everything on.
 */
export function intercept<T extends object, K extends keyof T>(
  target: T,
  name: K & (T[K] extends Method ? K : never),
  around: (call: () => unknown, args: readonly unknown[]) => unknown,
): () => void {
  const original = target[name] as Method;
  let isOver = false;
  const replacement = function (this: unknown, ...args: unknown[]): unknown {
    const call = () => Reflect.apply(original, this, args);
    return isOver ? call() : around(call, args);
  };
  Object.defineProperty(target, name, {
    value: replacement,
    configurable: true,
    writable: true,
    enumerable: false,
  });
  return () => {
    isOver = true;
    if ((target[name] as unknown) === replacement) Reflect.deleteProperty(target, name);
  };
}
